package io.kilonova.fake;

import io.kilonova.spi.HypervisorError;
import java.util.concurrent.CountDownLatch;

/** What each command of one host goes through: time passes, and it may be struck by a misfortune. */
final class Ordeal {
    private final String host;
    private final FleetOptions options;
    private final FleetRecord record;
    private volatile CountDownLatch hanging = new CountDownLatch(1);
    private volatile boolean powered = true;
    private volatile int outages;

    Ordeal(String host, FleetOptions options, FleetRecord record) {
        this.host = host;
        this.options = options;
        this.record = record;
    }

    <T> T through(Command command, Work<T> work) {
        int outage = outages;
        record.began();
        try {
            requirePower(outage);
            FleetRecord.Fate fate = record.draw(host, command, options.delays());
            if (fate.delay().isPositive()) {
                options.sleeper().sleep(fate.delay());
                requirePower(outage);
            }
            if (fate.misfortune().isEmpty()) {
                return work.done();
            }
            throw switch (fate.misfortune().get()) {
                case Misfortune.Failure failure -> failure.on(host);
                case Misfortune.LostAnswer lost -> {
                    work.done();
                    yield HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "the answer was lost");
                }
                case Misfortune.Hang hang -> {
                    hanging.await();
                    yield HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "it hung");
                }
            };
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(interruption, host, "interrupted");
        } finally {
            record.ended();
        }
    }

    private void requirePower(int outage) {
        if (!powered || outages != outage) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "it has no power");
        }
    }

    boolean hasPower() {
        return powered;
    }

    int outages() {
        return outages;
    }

    /** What is under way never ends, and nothing begins, until power is back. */
    synchronized void power(boolean back) {
        if (powered && !back) {
            outages++;
        }
        powered = back;
    }

    synchronized void release() {
        CountDownLatch ended = hanging;
        hanging = new CountDownLatch(1);
        ended.countDown();
    }

    /** What a command does when nothing stands in its way. */
    @FunctionalInterface
    interface Work<T> {
        T done();
    }
}
