package io.kilonova.simulation;

import io.kilonova.storage.Passage;
import io.kilonova.storage.StorageError;

/** The way from one controller to the database: it may be slow, cut, or break just when a commit is to be answered. */
final class DatabaseLink implements Passage {
    private final World world;
    private final Weather weather;
    private final String controller;
    private final Life life;

    DatabaseLink(World world, Weather weather, String controller, Life life) {
        this.world = world;
        this.weather = weather;
        this.controller = controller;
        this.life = life;
    }

    @Override
    public void beforeRead() {
        wait("reads");
        refuse();
    }

    @Override
    public void beforeWrite() {
        wait("writes");
        if (world.chance(weather.lateWrites)
                && SimulatedThread.current().task().name().endsWith("/operation")) {
            life.pause(world.nowMillis() + world.between(10_000, 40_000).toMillis());
            world.pass("stands still before it writes");
        }
        refuse();
        if (weather.databaseFull) {
            throw StorageError.DATABASE_FULL.with("simulated");
        }
        if (world.chance(weather.commitsOfUnknownEnd / 2)) {
            world.tell("its commit is lost, and the answer too");
            throw StorageError.COMMIT_UNCERTAIN.with("simulated");
        }
    }

    @Override
    public void afterWrite() {
        wait("wrote");
        if (world.chance(weather.commitsOfUnknownEnd / 2)) {
            world.tell("its commit is kept, and the answer lost");
            throw StorageError.COMMIT_UNCERTAIN.with("simulated");
        }
    }

    private void wait(String what) {
        if (world.chance(weather.slowDisk)) {
            world.tell(what + " slowly");
            world.rest(world.between(100, 4_000));
        } else {
            world.pass(what);
        }
    }

    private void refuse() {
        if (weather.databaseAway || weather.cutOff.contains(controller)) {
            world.tell("does not reach the database");
            world.rest(world.between(1, 1_000));
            throw StorageError.DATABASE_UNREACHABLE.with("simulated");
        }
    }
}
