package io.kilonova.node;

import io.kilonova.node.NodeCommand.Effect;
import io.kilonova.node.RunningCommands.Running;
import io.kilonova.node.Wire.Line;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/**
 * What the process of a node's agent does with commands, without the network before it: they run on simulated threads, one at a
 * time a guest, go on whatever becomes of who asked, and are remembered by the processes after it.
 */
public final class SimulatedNode {
    private final String host;
    private final Waiter waiter;
    private final Memory memory;
    private final RunningCommands commands;
    private final CompletableFuture<Object> ended = new CompletableFuture<>();

    /** How a simulated thread waits for the end of something. */
    @FunctionalInterface
    public interface Waiter {
        /** Waits until {@code end} is done. */
        void await(CompletableFuture<?> end) throws InterruptedException;
    }

    /** What a command does, telling how far it is. */
    @FunctionalInterface
    public interface Work {
        /** Does it at the hypervisor. */
        Object at(Progress progress, LiveMigrationProgress.Listener listener);
    }

    /**
     * The first agent of a host.
     *
     * @param starter starts a thread with a name
     * @param waiter how it waits
     */
    public SimulatedNode(String host, BiFunction<String, Runnable, Thread> starter, Waiter waiter) {
        this(host, starter, waiter, new Memory());
    }

    private SimulatedNode(String host, BiFunction<String, Runnable, Thread> starter, Waiter waiter, Memory memory) {
        this.host = host;
        this.waiter = waiter;
        this.memory = memory;
        this.commands = new RunningCommands(host, memory, new CommandThreads() {
            @Override
            public Thread start(String name, Runnable command) {
                return starter.apply(name, command);
            }

            @Override
            public void await(CompletableFuture<?> end) throws InterruptedException {
                waiter.await(end);
            }
        });
    }

    /** The process ends, with all connections to it; for its threads whoever starts them has to see. */
    public void end() {
        ended.complete("ended");
    }

    /** Whether it has ended. */
    public boolean isOver() {
        return ended.isDone();
    }

    /** The process that is started after this one, which remembers what this one wrote down. */
    public SimulatedNode next(BiFunction<String, Runnable, Thread> starter) {
        return new SimulatedNode(host, starter, waiter, memory);
    }

    /**
     * A command as it is on its way.
     *
     * @param name as nodes call it
     * @param guest what it is about
     * @param order its number and fence
     */
    public record Message(String name, String guest, CommandOrder order) {
        /** The message that a method of {@link io.kilonova.spi.Hypervisor} becomes, when nodes have its command. */
        public static Message of(Optional<CommandScope> scope, String method, String guest, List<Object> asked) {
            String name = method.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            return new Message(name, guest, CommandOrder.of(scope, name, guest, Wire.tree(asked)));
        }

        /** Whether the node carries it out in its turn and remembers it. */
        public boolean isRemembered() {
            return NodeCommand.named(name)
                    .map(NodeCommand::effect)
                    .filter(effect -> effect == Effect.CHANGES || effect == Effect.ENDS)
                    .isPresent();
        }
    }

    /** One command, begun or joined. */
    public final class Begun {
        private final Running running;

        private Begun(Running running) {
            this.running = running;
        }

        /** Done when the command has ended, or the process that it was given to. */
        public CompletableFuture<?> end() {
            return CompletableFuture.anyOf(running.end(), ended);
        }

        /** What it told last of a move. */
        public Optional<LiveMigrationProgress> moved() {
            return running.news().flatMap(Line::moved);
        }

        /** What it answered, once it has ended; or throws what was refused. */
        public <A> A answer(Class<A> type) {
            Line line = running.end().join();
            if (line.refusal().isPresent()) {
                throw line.refusal().get().toException();
            }
            return Wire.read(line.answer().orElseThrow(), type);
        }
    }

    /** Begins a command, joins it, or has its answer already; refuses one that comes after its time. */
    public Begun begin(Message message, Work work) {
        Effect effect = NodeCommand.named(message.name()).orElseThrow().effect();
        return new Begun(commands.begin(message.order(), effect, message.guest(), teller -> work.at(teller, teller)));
    }

    /** Gives a command up. */
    public void abandon(Message message) {
        commands.abandon(message.order().number());
    }

    /** Whatever the journal remembers. */
    private static final class Memory implements CommandMemory {
        private final Map<String, JsonNode> answers = new HashMap<>();
        private final Map<String, Long> fences = new HashMap<>();

        @Override
        public Optional<JsonNode> answer(String number) {
            return Optional.ofNullable(answers.get(number));
        }

        @Override
        public void pass(CommandOrder order) {
            long highest = fences.getOrDefault(order.subject(), 0L);
            if (order.fence() < highest) {
                throw NodeError.STALE_COMMAND.with(order.number(), order.fence(), highest);
            }
            fences.put(order.subject(), order.fence());
        }

        @Override
        public void done(CommandOrder order, JsonNode answer) {
            answers.put(order.number(), answer);
        }
    }
}
