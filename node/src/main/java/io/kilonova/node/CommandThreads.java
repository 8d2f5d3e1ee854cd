package io.kilonova.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** On what commands run, and how they wait for each other; a simulation has threads and a time of its own. */
interface CommandThreads {
    /** Runs a command on a thread of its own. */
    Thread start(String name, Runnable command);

    /** Waits until a command has ended, however. */
    void await(CompletableFuture<?> end) throws InterruptedException;

    /** The machine's own. */
    static CommandThreads virtual() {
        return new CommandThreads() {
            @Override
            public Thread start(String name, Runnable command) {
                return Thread.ofVirtual().name(name).start(command);
            }

            @Override
            public void await(CompletableFuture<?> end) throws InterruptedException {
                try {
                    end.get();
                } catch (ExecutionException failed) {
                    throw new IllegalStateException("a command ends with a line, whatever befalls it", failed);
                }
            }
        };
    }
}
