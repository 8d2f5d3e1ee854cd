package io.kilonova.simulation;

import io.kilonova.node.SimulatedProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A process as the room of the nodes sees it.
 *
 * @param world where it is
 * @param name what it is called
 * @param life as long as it lasts
 */
record LivingProcess(World world, String name, Life life) implements SimulatedProcess {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** What is begun for a step of an operation is part of it, at whichever process it goes on. */
    @Override
    public Thread start(String thread, Runnable work) {
        Optional<String> place = WatchedOperation.place();
        return world.fork(name + "/" + thread, life, () -> WatchedOperation.at(place, work));
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        world.sleep(duration);
    }

    @Override
    public boolean await(CompletableFuture<?> end, Duration limit) throws InterruptedException {
        return world.await(end, limit);
    }

    @Override
    public void await(CompletableFuture<?> end) throws InterruptedException {
        world.await(end);
    }

    @Override
    public long nanos() {
        return (world.nowMillis() - World.BEGINNING_MILLIS) * NANOS_PER_MILLI;
    }

    @Override
    public boolean isOver() {
        return life.isOver();
    }
}
