package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeCommand.Effect;
import io.kilonova.node.NodeCommand.Import;
import io.kilonova.node.NodeCommand.Migrate;
import io.kilonova.node.NodeCommand.Offer;
import io.kilonova.node.NodeCommand.PassageOffer;
import io.kilonova.node.NodeCommand.Teller;
import io.kilonova.node.NodeCommand.Ticket;
import io.kilonova.node.RunningCommands.Running;
import io.kilonova.node.Wire.Line;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationProgress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** What is asked of a node, and what it does then: one state for all calls, and no more than its journal that has to last. */
final class NodeCalls implements NodeHost {
    /** How often whoever waits for a command hears that it goes on. */
    static final Duration PULSE = Duration.ofSeconds(2);

    /** The largest command: a specification with its config drive. */
    private static final int MAXIMUM_COMMAND_BYTES = 8 << 20;

    static final String TICKET_HEADER = "Kilonova-Ticket";
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Hypervisor hypervisor;
    private final Supplier<String> id;
    private final PeerWay.Maker ways;
    private final PeerThreads threads;
    private final RunningCommands running;
    private final Offers<Offer> offers = new Offers<>();
    private final Passages passages = new Passages();

    /**
     * The calls of the node with that id.
     *
     * @param ways how it reaches other nodes
     */
    NodeCalls(
            Hypervisor hypervisor,
            Supplier<String> id,
            CommandMemory journal,
            PeerWay.Maker ways,
            PeerThreads threads) {
        this.hypervisor = hypervisor;
        this.id = id;
        this.ways = ways;
        this.threads = threads;
        this.running = new RunningCommands(hypervisor.host(), journal, threads);
    }

    /** All that can be asked. */
    List<PeerRoute> routes() {
        return List.of(
                new PeerRoute("POST", "/v1/commands/", Set.of(Role.CONTROLLER), MAXIMUM_COMMAND_BYTES, this::command),
                new PeerRoute("GET", "/v1/disks/", Set.of(Role.NODE), 0, this::disks),
                new PeerRoute("GET", "/v1/passages/", Set.of(Role.NODE), 0, passages::listen),
                new PeerRoute("POST", "/v1/passages/", Set.of(Role.NODE), PeerRoute.STREAM, passages::speak));
    }

    private void command(PeerCall call) throws IOException {
        NodeCommand<?, ?> command =
                NodeCommand.named(call.rest()).orElseThrow(() -> NodeError.NO_SUCH_ADDRESS.with(call.rest()));
        CommandEnvelope envelope = call.message(CommandEnvelope.class);
        if (!envelope.node().equals(id.get())) {
            throw NodeError.NODE_UNKNOWN.with(envelope.node());
        }
        carryOut(command, envelope, call);
    }

    private <Q, A> void carryOut(NodeCommand<Q, A> command, CommandEnvelope envelope, PeerCall call)
            throws IOException {
        Q question = Wire.read(envelope.question(), command.question());
        String guest = NodeCommand.guestOf(question);
        CommandOrigin origin = CommandOrigin.of(call);
        Function<Teller, A> work = teller -> CommandLog.telling(
                command, envelope.order(), guest, origin, () -> command.work().carryOut(this, question, teller));
        if (command.effect() == Effect.LOOKS || command.effect() == Effect.STEERS) {
            A answer = work.apply(new Silence());
            try (OutputStream out = call.stream("application/x-ndjson")) {
                write(out, Line.of(Wire.tree(answer)));
            }
            return;
        }
        Running begun = running.begin(envelope.order(), command.effect(), guest, work::apply);
        try (OutputStream out = call.stream("application/x-ndjson")) {
            out.write('\n');
            out.flush();
            tellUntilEnd(begun, out);
        }
    }

    private void tellUntilEnd(Running begun, OutputStream out) throws IOException {
        Optional<Line> told = Optional.empty();
        while (true) {
            if (hasEnded(begun)) {
                write(out, begun.end().join());
                return;
            }
            Optional<Line> news = begun.news();
            if (news.isPresent() && !news.equals(told)) {
                write(out, news.get());
                told = news;
            } else {
                out.write('\n');
                out.flush();
            }
        }
    }

    private boolean hasEnded(Running begun) throws IOException {
        try {
            return threads.await(begun.end(), PULSE);
        } catch (InterruptedException ended) {
            throw new IOException("the wait for a command ended", ended);
        }
    }

    private static void write(OutputStream out, Line line) throws IOException {
        out.write(Wire.write(line));
        out.write('\n');
        out.flush();
    }

    private void disks(PeerCall call) throws IOException {
        String guestId = call.rest();
        Offer _ = offers.require(
                guestId, call.peer().id(), call.header(TICKET_HEADER).orElse(""));
        try (InputStream disks = hypervisor.exportDisks(guestId);
                OutputStream out = call.stream("application/octet-stream")) {
            disks.transferTo(out);
        }
    }

    @Override
    public Hypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    public Ticket offer(Offer asked) {
        return offers.make(asked.guestId(), asked.toNode(), asked);
    }

    @Override
    public Ticket offer(PassageOffer asked) {
        return passages.make(asked);
    }

    @Override
    public Passage passage(Migrate asked) {
        return Passage.open(
                hypervisor.host(),
                asked,
                wayTo(asked.destination(), asked.target().host()));
    }

    @Override
    public void abandon(String number) {
        running.abandon(number);
    }

    @Override
    public DiskSource disksOf(Import asked) {
        String guestId = asked.guest().id();
        return new DiskSource() {
            @Override
            public String host() {
                return asked.sourceHost();
            }

            @Override
            public InputStream open() {
                return fetch(asked, guestId);
            }
        };
    }

    /** Calls one node alone: who has to be there is known. */
    private PeerWay wayTo(NodeAddress node, String name) {
        return ways.to(PeerCheck.node(node.id(), name));
    }

    private InputStream fetch(Import asked, String guestId) {
        PeerWay way = wayTo(asked.source(), asked.sourceHost());
        try {
            return new OwningStream(
                    way.open(
                            asked.source().uri("/v1/disks/" + guestId),
                            Map.of(TICKET_HEADER, asked.ticket().secret()),
                            SILENCE),
                    way);
        } catch (IOException failure) {
            way.close();
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(failure, asked.sourceHost(), failure.getMessage());
        } catch (ServiceException refused) {
            way.close();
            throw refused;
        }
    }

    private static final class Silence implements Teller {
        @Override
        public void report(String sentence, int percent) {}

        @Override
        public void moved(LiveMigrationProgress progress) {}
    }
}
