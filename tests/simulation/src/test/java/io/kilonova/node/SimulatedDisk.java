package io.kilonova.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The disk of a node, which outlives its agents: with their journal, and with where controllers were last. What was not
 * flushed is in the memory of the machine, and most of it gets lost with its power.
 */
public final class SimulatedDisk implements JournalFile, NodePlace {
    private final String host;
    private final Condition condition;
    private final ByteArrayOutputStream flushed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream unflushed = new ByteArrayOutputStream();
    private List<String> controllers;
    private int replaced;

    /** How a disk is. */
    public interface Condition {
        /** Whether nothing more fits. */
        boolean isFull();

        /** Takes the time that a flush takes; whether what was to be flushed is. */
        boolean flushes();

        /** How much is there of {@code bytes} that were being written when something came between. */
        int cut(int bytes);
    }

    /** An empty disk of a host that was told where controllers are. */
    public SimulatedDisk(String host, List<String> controllers, Condition condition) {
        this.host = host;
        this.controllers = controllers;
        this.condition = condition;
    }

    /** The machine forgets what was not flushed, or some of it: a line may end anywhere. */
    public void losePower() {
        byte[] lost = unflushed.toByteArray();
        flushed.write(lost, 0, condition.cut(lost.length));
        unflushed.reset();
    }

    @Override
    public byte[] read() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(flushed.toByteArray());
        all.writeBytes(unflushed.toByteArray());
        return all.toByteArray();
    }

    @Override
    public void replace(byte[] text) throws IOException {
        requireRoom();
        flushed.reset();
        flushed.writeBytes(text);
        unflushed.reset();
        replaced++;
    }

    @Override
    public void append(byte[] line) throws IOException {
        if (condition.isFull()) {
            unflushed.write(line, 0, condition.cut(line.length - 1));
            requireRoom();
        }
        unflushed.writeBytes(line);
    }

    private void requireRoom() throws IOException {
        if (condition.isFull()) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void flush() throws IOException {
        int before = replaced;
        int length = unflushed.size();
        boolean flushes = condition.flushes();
        if (replaced != before) {
            throw new IOException("Stream Closed");
        }
        if (flushes) {
            byte[] bytes = unflushed.toByteArray();
            flushed.write(bytes, 0, length);
            unflushed.reset();
            unflushed.writeBytes(Arrays.copyOfRange(bytes, length, bytes.length));
        }
    }

    /** What a process had open ends with it. */
    @Override
    public void close() {}

    @Override
    public String id() {
        return "id-of-" + host;
    }

    @Override
    public String label() {
        return host;
    }

    @Override
    public List<String> controllers() {
        return controllers;
    }

    @Override
    public void remember(List<String> told) {
        if (!told.isEmpty()) {
            controllers = told;
        }
    }

    @Override
    public String toString() {
        return "the disk of " + host;
    }
}
