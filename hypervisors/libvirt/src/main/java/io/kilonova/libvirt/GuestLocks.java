package io.kilonova.libvirt;

import io.kilonova.spi.HypervisorError;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** One command at a time for each guest. Locks are kept only while someone holds or wants them. */
final class GuestLocks {
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    private static final class Entry {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
    }

    /** Work on a guest. */
    interface Work {
        void run();
    }

    /** Does work while no other work is done on the guest; an interrupt ends the wait for that. */
    void exclusively(String host, String guestId, Work work) {
        Entry entry = entries.compute(guestId, (id, present) -> {
            Entry used = present == null ? new Entry() : present;
            used.users++;
            return used;
        });
        try {
            entry.lock.lockInterruptibly();
            try {
                work.run();
            } finally {
                entry.lock.unlock();
            }
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the command was cancelled while it waited");
        } finally {
            entries.computeIfPresent(guestId, (id, present) -> --present.users == 0 ? null : present);
        }
    }
}
