package io.kilonova.node;

import io.kilonova.configuration.PrivateFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of this machine. It is written by streams, not by channels: those are closed by the interrupt that ends an abandoned
 * command.
 */
final class JournalOnDisk implements JournalFile {
    private final Path file;
    private volatile Optional<FileOutputStream> stream = Optional.empty();

    JournalOnDisk(Path file) {
        this.file = file;
    }

    @Override
    public byte[] read() throws IOException {
        PrivateFile.makeFolder(file.resolveSibling("").toAbsolutePath());
        return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    }

    @Override
    public void replace(byte[] text) throws IOException {
        close();
        PrivateFile.write(file, new String(text, StandardCharsets.UTF_8));
        stream = Optional.of(new FileOutputStream(file.toFile(), true));
    }

    @Override
    public void append(byte[] line) throws IOException {
        present().write(line);
    }

    @Override
    public void flush() throws IOException {
        present().getFD().sync();
    }

    private FileOutputStream present() throws IOException {
        return stream.orElseThrow(() -> new IOException("it is not open"));
    }

    @Override
    public void close() throws IOException {
        Optional<FileOutputStream> open = stream;
        if (open.isPresent()) {
            open.get().close();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
