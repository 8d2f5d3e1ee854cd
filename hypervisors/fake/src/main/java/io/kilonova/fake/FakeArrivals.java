package io.kilonova.fake;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.PowerState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Live guests that go from one process's host to another's, as QEMU's do: over a socket in a folder of the guest's. The
 * destination holds the guest first, which does not run there; then it ends at the source; then it goes on at the destination.
 * So a crash between any two of these leaves at most one that runs, and repeating the move finishes it.
 */
final class FakeArrivals implements AutoCloseable {
    private static final String DONE = "done";

    private final String host;
    private final Path folder;
    private final Destination destination;
    private final Map<String, ServerSocketChannel> listeners = new ConcurrentHashMap<>();

    /** What a destination does. */
    interface Destination {
        /** Holds a guest that was started so often, and does not run yet. */
        void hold(String guestId, int boots);

        /** Lets a guest go on that is held; one that runs is left as it is. */
        void release(String guestId, PowerState power);
    }

    /** Arrivals in a folder: those that an earlier process awaited are awaited on. */
    FakeArrivals(String host, Path folder, Destination destination) {
        this.host = host;
        this.folder = folder.toAbsolutePath();
        this.destination = destination;
        try {
            Files.createDirectories(this.folder);
            try (DirectoryStream<Path> awaited = Files.newDirectoryStream(this.folder)) {
                for (Path guest : awaited) {
                    listen(guest.getFileName().toString());
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("guests cannot arrive in " + folder, failure);
        }
    }

    /** Awaits a guest. */
    LiveMigrationTarget await(String guestId) {
        try {
            listen(guestId);
        } catch (IOException failure) {
            throw HypervisorError.HYPERVISOR_REFUSED.because(failure, host, "the guest cannot arrive here");
        }
        return new LiveMigrationTarget(
                host, "fake://" + host, folder.resolve(guestId).toString());
    }

    private synchronized void listen(String guestId) throws IOException {
        if (listeners.containsKey(guestId)) {
            return;
        }
        Path socket = Files.createDirectories(folder.resolve(guestId)).resolve(LiveMigrationTarget.MEMORY);
        Files.deleteIfExists(socket);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        listeners.put(guestId, listener);
        Thread.ofVirtual().name("arrival-" + guestId).start(() -> accept(guestId, listener));
    }

    private void accept(String guestId, ServerSocketChannel listener) {
        try {
            while (true) {
                SocketChannel source = listener.accept();
                Thread.ofVirtual().name("arriving-" + guestId).start(() -> receive(guestId, source));
            }
        } catch (ClosedChannelException ended) {
            // The guest is not awaited any more.
        } catch (IOException failure) {
            throw new UncheckedIOException("guest %s cannot arrive".formatted(guestId), failure);
        }
    }

    private void receive(String guestId, SocketChannel source) {
        try (source;
                BufferedReader lines = new BufferedReader(Channels.newReader(source, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals("hold")) {
                    destination.hold(guestId, Integer.parseInt(words[1]));
                } else {
                    destination.release(guestId, PowerState.valueOf(words[1]));
                }
                say(source, DONE);
            }
        } catch (IOException | ServiceException lost) {
            // The source hears no answer, and says so.
        }
    }

    private static void say(SocketChannel to, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            if (to.write(bytes) < 0) {
                throw new IOException("the connection was closed");
            }
        }
    }

    /**
     * Sends a guest.
     *
     * @param present the guest here, while it lives here
     * @param leave ends it here
     */
    void send(LiveMigrationTarget target, Optional<FakeGuest> present, Supplier<Optional<FakeGuest>> leave) {
        try (SocketChannel there = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path socket = Path.of(target.address(), LiveMigrationTarget.MEMORY);
            if (!there.connect(UnixDomainSocketAddress.of(socket))) {
                throw new IOException("it is not connected");
            }
            BufferedReader answers = new BufferedReader(Channels.newReader(there, StandardCharsets.US_ASCII));
            if (present.isPresent()) {
                ask(there, answers, "hold " + present.get().boots());
            }
            PowerState power = leave.get().map(FakeGuest::power).orElse(PowerState.RUNNING);
            ask(there, answers, "release " + power);
        } catch (IOException failure) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(failure, target.host(), "the way there was lost");
        }
    }

    private static void ask(SocketChannel there, BufferedReader answers, String line) throws IOException {
        say(there, line);
        if (!DONE.equals(answers.readLine())) {
            throw new IOException("the destination did not answer");
        }
    }

    /** Awaits a guest no longer. */
    synchronized void forget(String guestId) {
        try {
            ServerSocketChannel listener = listeners.remove(guestId);
            if (listener != null) {
                listener.close();
                Files.deleteIfExists(folder.resolve(guestId).resolve(LiveMigrationTarget.MEMORY));
                Files.deleteIfExists(folder.resolve(guestId));
            }
        } catch (IOException failure) {
            throw HypervisorError.HYPERVISOR_REFUSED.because(failure, host, "what a guest left cannot be removed");
        }
    }

    /** Awaits nobody in this process; the next one goes on. */
    @Override
    public void close() {
        listeners.values().forEach(listener -> {
            try {
                listener.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }
}
