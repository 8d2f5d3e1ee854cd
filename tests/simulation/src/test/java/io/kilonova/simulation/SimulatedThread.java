package io.kilonova.simulation;

import java.util.concurrent.Semaphore;

/** A thread that runs only while it holds the world's one turn, and whose interrupts arrive with its next turn. */
final class SimulatedThread extends Thread {
    /** What a thread is given to do. */
    record Task(String name, Life life, Runnable work) {}

    private final World world;
    private final Semaphore turn = new Semaphore(0);
    private Task task;
    private boolean interruptWaits;
    private boolean asleep;

    SimulatedThread(World world, Task task, int number) {
        super("simulated-" + number);
        this.world = world;
        this.task = task;
        setDaemon(true);
    }

    static SimulatedThread current() {
        if (Thread.currentThread() instanceof SimulatedThread simulated) {
            return simulated;
        }
        throw new IllegalStateException("not a thread of the simulation: " + Thread.currentThread());
    }

    World world() {
        return world;
    }

    Task task() {
        return task;
    }

    void give(Task next) {
        task = next;
    }

    /** Lets this thread go on; whoever says so waits or ends right after. */
    void proceed() {
        turn.release();
    }

    /** Waits for the turn. An interrupt of the machine never comes: {@link #interrupt} keeps it for later. */
    void awaitTurn() {
        turn.acquireUninterruptibly();
    }

    void asleep(boolean now) {
        asleep = now;
    }

    /** Passes a kept interrupt on to the running thread. */
    void takeInterrupt() {
        if (interruptWaits) {
            interruptWaits = false;
            super.interrupt();
        }
    }

    @Override
    public void interrupt() {
        if (this == Thread.currentThread()) {
            super.interrupt();
            return;
        }
        interruptWaits = true;
        nudge();
    }

    /** Wakes it, if it sleeps. */
    void nudge() {
        if (asleep) {
            asleep = false;
            world.wake(this);
        }
    }

    @Override
    public void run() {
        world.live(this);
    }
}
