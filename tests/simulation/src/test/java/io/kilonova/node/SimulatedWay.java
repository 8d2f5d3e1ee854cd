package io.kilonova.node;

import io.kilonova.node.SimulatedNetwork.Conditions;
import io.kilonova.node.SimulatedNetwork.Fate;
import io.kilonova.node.SimulatedNetwork.Listener;
import io.kilonova.node.SimulatedNetwork.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The way of one simulated process to others. */
final class SimulatedWay implements PeerWay {
    private final SimulatedNetwork network;
    private final SimulatedProcess process;
    private final PeerIdentity identity;
    private final PeerCheck check;

    SimulatedWay(SimulatedNetwork network, SimulatedProcess process, PeerIdentity identity, PeerCheck check) {
        this.network = network;
        this.process = process;
        this.identity = identity;
        this.check = check;
    }

    @Override
    public <A> A send(URI address, Object message, Class<A> answer, Duration limit)
            throws IOException, InterruptedException {
        byte[] body = ask("POST", address, Map.of(), Wire.write(message), new Ear(limit, limit, line -> {}));
        return PeerClient.read(address, body, answer);
    }

    @Override
    public void sendForLines(
            URI address,
            Map<String, String> headers,
            Object message,
            Duration silence,
            Duration limit,
            Consumer<byte[]> listener)
            throws IOException, InterruptedException {
        Object sent = message instanceof CommandEnvelope envelope
                ? new CommandEnvelope(
                        envelope.node(), network.conditions().order(envelope.order()), envelope.question())
                : message;
        byte[] unused = ask("POST", address, headers, Wire.write(sent), new Ear(silence, limit, listener));
    }

    @Override
    public InputStream open(URI address, Map<String, String> headers, Duration silence) throws IOException {
        try {
            Ear ear = new Ear(silence, Duration.ofHours(1), line -> {});
            return new ByteArrayInputStream(ask("GET", address, headers, new byte[0], ear));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    @Override
    public void pour(URI address, Map<String, String> headers, InputStream body) throws IOException {
        throw new IOException("nothing is poured in the simulation");
    }

    /** Who listens to each line of an answer, and how long it waits for a word, and for the end. */
    private record Ear(Duration silence, Duration limit, Consumer<byte[]> listener) {}

    /** Asks, and waits for the answer; gives what came of it. */
    private byte[] ask(String method, URI address, Map<String, String> headers, byte[] body, Ear hears)
            throws IOException, InterruptedException {
        Message message = new Message(process.name(), there(address).process().name(), address.getPath());
        Runnable ended = message.isRemembered() ? network.conditions().sent() : () -> {};
        try {
            Fate fate = network.conditions().fate(message);
            Listener to = there(address); // by now it may be another one
            return ask(to, message, fate, new SimulatedExchange.Request(method, identity, headers, body), hears);
        } finally {
            ended.run();
        }
    }

    private Listener there(URI address) throws IOException {
        Listener there = network.at(address.getAuthority())
                .orElseThrow(() -> new IOException("nobody listens at " + address.getAuthority()));
        Optional<String> objection = check.objection(there.identity(), address.getAuthority());
        if (objection.isPresent()) {
            throw new IOException(objection.get());
        }
        return there;
    }

    private byte[] ask(Listener to, Message message, Fate fate, SimulatedExchange.Request request, Ear ear)
            throws IOException, InterruptedException {
        Conditions conditions = network.conditions();
        fate.again().ifPresent(later -> carry(to, message, request, fate.delay().plus(later)));
        boolean awaited = fate.delay().compareTo(fate.noticed()) <= 0;
        if (fate.arrives() && !awaited) {
            carry(to, message, request, fate.delay());
        }
        if (!fate.arrives() || !awaited || !conditions.reaches(message.from(), message.to())) {
            process.sleep(fate.noticed());
            throw new IOException("no answer");
        }
        SimulatedExchange exchange = new SimulatedExchange(conditions, message, request, fate.isHeard());
        to.open().add(exchange);
        try {
            if (fate.delay().isPositive()) {
                process.sleep(fate.delay());
            }
            deliver(to, exchange);
            return hear(exchange, ear);
        } finally {
            exchange.cut();
            to.open().remove(exchange);
        }
    }

    private static void deliver(Listener to, SimulatedExchange exchange) {
        if (to.process().isOver()) {
            exchange.cut();
        } else {
            Thread unused = to.process().start("call", () -> exchange.serve(to.routes()));
        }
    }

    /** The message is under way for a while, whatever becomes of who sent it, and nobody waits for an answer. */
    private void carry(Listener to, Message message, SimulatedExchange.Request request, Duration delay) {
        Conditions conditions = network.conditions();
        Runnable arrived = conditions.sent();
        Thread unused = conditions.wire().start("message", () -> {
            try {
                conditions.wire().sleep(delay);
                if (conditions.reaches(message.from(), message.to())) { // or the connection that it was on is no more
                    SimulatedExchange exchange = new SimulatedExchange(conditions, message, request, false);
                    to.open().add(exchange);
                    deliver(to, exchange);
                    conditions.wire().await(exchange.end());
                    to.open().remove(exchange);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } finally {
                arrived.run();
            }
        });
    }

    private byte[] hear(SimulatedExchange exchange, Ear ear) throws IOException, InterruptedException {
        Lines lines = new Lines(ear.listener());
        long began = process.nanos();
        long heard = began;
        while (true) {
            Optional<byte[]> part = exchange.next();
            if (part.isPresent()) {
                heard = process.nanos();
                lines.take(exchange.status(), part.get());
                continue;
            }
            if (exchange.isOver()) {
                PeerClient.requireSuccess(exchange.status(), lines.whole());
                return lines.whole();
            }
            if (exchange.isCut()) {
                throw new IOException("the connection was cut");
            }
            long now = process.nanos();
            Duration left = Duration.ofNanos(Math.min(
                    ear.silence().toNanos() - (now - heard), ear.limit().toNanos() - (now - began)));
            if (!left.isPositive()) {
                throw new IOException("nothing was heard");
            }
            boolean unused = process.await(exchange.news(), left);
        }
    }

    /** Puts the parts of an answer together again. */
    private static final class Lines {
        private final Consumer<byte[]> listener;
        private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(Consumer<byte[]> listener) {
            this.listener = listener;
        }

        void take(int status, byte[] part) throws IOException {
            whole.writeBytes(part);
            for (byte next : part) {
                if (status == 200 && next == '\n') {
                    tell(line.toByteArray());
                    line.reset();
                } else {
                    line.write(next);
                }
            }
        }

        private void tell(byte[] told) throws IOException {
            try {
                listener.accept(told);
            } catch (RuntimeException failure) { // as the program's client does
                throw new IOException("the answer cannot be read", failure);
            }
        }

        byte[] whole() {
            return whole.toByteArray();
        }
    }

    /** Nothing was opened. */
    @Override
    public void close() {}
}
