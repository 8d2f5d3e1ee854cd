package io.kilonova.fake;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How long each command takes. A command without an entry takes no time.
 *
 * @param byCommand the distribution of each command's duration
 */
public record Delays(Map<Command, Distribution> byCommand) {
    /** Keeps a copy. */
    public Delays {
        byCommand = Map.copyOf(byCommand);
    }

    /** No command takes any time. */
    public static Delays none() {
        return new Delays(Map.of());
    }

    /** Every command that changes a guest takes as long as {@code distribution} says. */
    public static Delays everywhere(Distribution distribution) {
        Map<Command, Distribution> all = new EnumMap<>(Command.class);
        for (Command command : Command.values()) {
            if (command.changes()) {
                all.put(command, distribution);
            }
        }
        return new Delays(all);
    }

    /** The same delays, and {@code distribution} for one command. */
    public Delays with(Command command, Distribution distribution) {
        Map<Command, Distribution> changed = new EnumMap<>(Command.class);
        changed.putAll(byCommand);
        changed.put(command, distribution);
        return new Delays(changed);
    }

    Duration draw(Command command, RandomGenerator random) {
        Distribution distribution = byCommand.get(command);
        return distribution == null ? Duration.ZERO : distribution.draw(random);
    }

    /** A duration drawn from a random source. */
    @FunctionalInterface
    public interface Distribution {
        /** The next duration, zero or more. */
        Duration draw(RandomGenerator random);

        /** Always the same. */
        static Distribution constant(Duration duration) {
            return random -> duration;
        }

        /** Anything between two durations, both included, each as likely as the other. */
        static Distribution between(Duration least, Duration most) {
            long leastNanos = least.toNanos();
            long spanNanos = most.toNanos() - leastNanos;
            if (leastNanos < 0 || spanNanos < 0) {
                throw new IllegalArgumentException("least must be between zero and most");
            }
            return random -> Duration.ofNanos(leastNanos + random.nextLong(spanNanos + 1));
        }

        /**
         * Half of all draws take less than {@code median}, a few take many times as long: a log-normal distribution, which is
         * what boot times of real clouds look like. {@code spread} of 0.5 makes the 99th percentile about 3 medians.
         */
        static Distribution aroundMedian(Duration median, double spread) {
            return random -> Duration.ofNanos((long) (median.toNanos() * Math.exp(spread * random.nextGaussian())));
        }
    }
}
