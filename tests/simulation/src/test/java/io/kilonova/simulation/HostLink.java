package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.CommandScope;
import io.kilonova.node.SimulatedNode;
import io.kilonova.node.SimulatedNode.Begun;
import io.kilonova.node.SimulatedNode.Message;
import io.kilonova.operations.CommandToken;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.Progress;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from one controller to one host, straight or to the agent there. Each command may be lost, done without an answer, or
 * done twice; one to an agent may arrive after its time. It stands before every method of {@link Hypervisor} alike, which is why
 * it is a proxy: a command that is added is broken too.
 */
final class HostLink {
    /** How long a command is sent again to an agent that ended, as the program does it. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SimulatedCloud cloud;
    private final World world;
    private final Weather weather;
    private final String controller;
    private final Life life;
    private final SimulatedHost host;
    private final Life wire = new Life();

    private HostLink(SimulatedCloud cloud, String controller, Life life, SimulatedHost host) {
        this.cloud = cloud;
        this.world = cloud.world();
        this.weather = cloud.weather();
        this.controller = controller;
        this.life = life;
        this.host = host;
    }

    /** The host as that controller reaches it. */
    static Hypervisor of(SimulatedCloud cloud, String controller, Life life, SimulatedHost host) {
        HostLink link = new HostLink(cloud, controller, life, host);
        return (Hypervisor) Proxy.newProxyInstance(
                Hypervisor.class.getClassLoader(),
                new Class<?>[] {Hypervisor.class},
                (proxy, method, arguments) ->
                        link.invoke(method, Optional.ofNullable(arguments).orElse(new Object[0])));
    }

    @SuppressWarnings("unchecked") // the one argument of subscribe
    private @Nullable Object invoke(Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "host", "close", "hashCode", "toString" -> call(method, arguments);
            case "subscribe" ->
                host.hypervisor().subscribe(event -> deliver((Consumer<GuestEvent>) arguments[0], event));
            default -> command(method, arguments);
        };
    }

    private @Nullable Object command(Method method, Object[] arguments) throws Throwable {
        String name = "%s %s at %s".formatted(method.getName(), guestOf(arguments), host.name());
        Optional<Message> message =
                host.agent().map(agent -> message(method, arguments)).filter(Message::isRemembered);
        world.pass("asks for " + name);
        if (world.chance(weather.slowNetwork)) {
            pause(50, 5_000);
        }
        boolean late = message.isPresent()
                && (place().filter(cloud::isDelayed).isPresent() || world.chance(weather.lateCommands));
        if (late) {
            sendLater(message.get(), method, arguments, lateness());
        }
        if (late || away() || world.chance(weather.lostCommands)) {
            world.tell("does not reach " + host.name());
            pause(100, 5_000);
            throw unreachable("no answer");
        }
        if (world.chance(weather.doubledCommands)) {
            world.tell("asks twice for " + name);
            if (message.isPresent()) {
                sendLater(message.get(), method, arguments, world.between(0, 5_000));
            } else {
                tryOnce(method, arguments);
            }
            world.pass("again");
        }
        Object result = message.isPresent() ? ask(message.get(), method, arguments) : call(method, arguments);
        world.pass("did " + name);
        if (away() || world.chance(weather.lostAnswers)) {
            world.tell("hears no answer from " + host.name());
            pause(100, 5_000);
            throw unreachable("the answer was lost");
        }
        return result;
    }

    /** A step goes on soon after its command was given up; what is done each minute is done again before. */
    private Duration lateness() {
        return WatchedOperation.place().isPresent() ? world.between(1_000, 60_000) : world.between(120_000, 180_000);
    }

    /** The step that the command of this thread is part of, or else why it is given. */
    private static Optional<String> place() {
        return WatchedOperation.place().or(() -> CommandToken.current().map(CommandToken::step));
    }

    private Message message(Method method, Object[] arguments) {
        List<Object> asked = Arrays.stream(arguments)
                .filter(argument ->
                        !(argument instanceof Progress || argument instanceof LiveMigrationProgress.Listener))
                .map(argument -> argument instanceof DiskSource source ? source.host() : argument)
                .toList();
        Optional<CommandScope> scope = CommandToken.current()
                .map(token -> new CommandScope(
                        token.operationId(),
                        token.step(),
                        token.subject(),
                        token.fence(),
                        token.requestId(),
                        token.traceParent()));
        return cloud.bug().in(Message.of(scope, method.getName(), guestOf(arguments), asked));
    }

    private static String guestOf(Object[] arguments) {
        return Arrays.stream(arguments)
                .findFirst()
                .map(first -> first instanceof GuestSpecification guest ? guest.id() : first.toString())
                .orElse("");
    }

    /** The message is under way for a while, whatever becomes of who sent it, and nobody waits for an answer. */
    private void sendLater(Message message, Method method, Object[] arguments, Duration delay) {
        SimulatedNode agent = host.agent().orElseThrow();
        Optional<String> place = place();
        Runnable arrived = cloud.sent();
        world.start(controller + "/message", wire, () -> {
            world.rest(delay);
            if (!agent.isOver()) { // or the connection that it was on is no more
                world.tell("arrives late: %s %s at %s".formatted(message.name(), message.guest(), host.name()));
                carryOutUnheard(agent, message, place, method, arguments);
            }
            arrived.run();
        });
    }

    private void carryOutUnheard(
            SimulatedNode agent, Message message, Optional<String> place, Method method, Object[] arguments) {
        try {
            world.await(begin(agent, message, place, method, arguments).end());
        } catch (ServiceException refused) {
            world.tell("was refused: " + refused.code().name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the agent, and waits for the command's end; should the agent end before, its next process is asked the same. */
    private @Nullable Object ask(Message message, Method method, Object[] arguments) {
        SimulatedNode agent = host.agent().orElseThrow();
        Begun begun = begin(agent, message, place(), method, arguments);
        try {
            world.await(begun.end());
        } catch (InterruptedException e) {
            world.start(controller + "/abandon", life, () -> {
                world.rest(world.between(0, 2_000));
                if (!away()) {
                    host.agent().orElseThrow().abandon(message);
                }
            });
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        }
        if (agent.isOver()) {
            awaitNext();
            return ask(message, method, arguments);
        }
        begun.moved()
                .ifPresent(progress -> Arrays.stream(arguments)
                        .filter(LiveMigrationProgress.Listener.class::isInstance)
                        .forEach(listener -> ((LiveMigrationProgress.Listener) listener).moved(progress)));
        if (method.getReturnType() != void.class) {
            return begun.answer(method.getReturnType());
        }
        String unused = begun.answer(String.class);
        return null;
    }

    private void awaitNext() {
        long impatient = world.nowMillis() + PATIENCE.toMillis();
        do {
            pause(500, 500);
            if (world.nowMillis() > impatient) {
                throw unreachable("its agent ended");
            }
        } while (away());
        Optional<CommandToken> _ = CommandToken.current(); // a controller that was silent for long asks no more
    }

    private Begun begin(
            SimulatedNode agent, Message message, Optional<String> place, Method method, Object[] arguments) {
        return agent.begin(message, (progress, listener) -> {
            Object[] told = Arrays.stream(arguments)
                    .map(argument -> argument instanceof Progress
                            ? progress
                            : argument instanceof LiveMigrationProgress.Listener ? listener : argument)
                    .toArray();
            try {
                place.ifPresent(step -> cloud.reached(host, "at a node before " + step));
                Object result = Optional.ofNullable(method.invoke(host.hypervisor(), told))
                        .orElse("done");
                place.ifPresent(step -> cloud.reached(host, "at a node after " + step));
                return result;
            } catch (InvocationTargetException thrown) {
                if (thrown.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(thrown.getCause());
            } catch (IllegalAccessException hidden) {
                throw new IllegalStateException(hidden);
            }
        });
    }

    /** The first of two equal commands, whose answer nobody waits for. */
    private void tryOnce(Method method, Object[] arguments) throws Throwable {
        try {
            call(method, arguments);
        } catch (ServiceException refused) {
            world.tell("was refused: " + refused.code().name());
        }
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(host.hypervisor(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private boolean away() {
        return !host.answers()
                || weather.hostsOff.contains(host.name())
                || weather.partitions.contains(controller + "/" + host.name());
    }

    private void pause(long leastMillis, long mostMillis) {
        try {
            world.sleep(world.between(leastMillis, mostMillis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        }
    }

    private ServiceException unreachable(String reason) {
        return HypervisorError.HYPERVISOR_UNREACHABLE.with(host.name(), reason);
    }

    /** An event comes later than what it tells of, after others, twice, or not at all. */
    private void deliver(Consumer<GuestEvent> listener, GuestEvent event) {
        if (away() || world.chance(weather.lostAnswers)) {
            return;
        }
        int times = world.chance(weather.doubledCommands) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            long late = world.chance(weather.slowNetwork) ? 10_000 : 50;
            world.start(controller + "/event", life, () -> {
                world.rest(world.between(0, late));
                world.tell("hears that a guest is " + event.power());
                try {
                    listener.accept(event);
                } catch (ServiceException lost) {
                    world.tell("forgets an event: " + lost.code().name());
                }
            });
        }
    }
}
