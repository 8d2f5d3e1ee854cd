package io.kilonova.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When misfortunes happen: scripted ones by count, others by chance. The first rule that matches wins.
 *
 * @param rules in the order in which they are asked
 */
public record Misfortunes(List<Rule> rules) {
    /** Keeps a copy. */
    public Misfortunes {
        rules = List.copyOf(rules);
    }

    /** All goes well. */
    public static Misfortunes none() {
        return new Misfortunes(List.of());
    }

    /** The same, and {@code misfortune} when {@code command} is called for the {@code occurrence}th time in the fleet, from 1. */
    public Misfortunes onNth(Command command, long occurrence, Misfortune misfortune) {
        return plus(new Nth(command, occurrence, misfortune));
    }

    /** The same, and {@code misfortune} each time that {@code command} is called on {@code host}. */
    public Misfortunes onHost(String host, Command command, Misfortune misfortune) {
        return plus(new OnHost(host, command, misfortune));
    }

    /** The same, and {@code misfortune} with a chance of {@code probability}, 0 to 1, at each call of {@code command}. */
    public Misfortunes byChance(Command command, double probability, Misfortune misfortune) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability must be 0 to 1, not " + probability);
        }
        return plus(new ByChance(command, probability, misfortune));
    }

    Optional<Misfortune> strike(String host, Command command, long occurrence, RandomGenerator random) {
        for (Rule rule : rules) {
            if (rule.command() == command && rule.applies(host, occurrence, random)) {
                return Optional.of(rule.misfortune());
            }
        }
        return Optional.empty();
    }

    private Misfortunes plus(Rule rule) {
        List<Rule> longer = new ArrayList<>(rules);
        longer.add(rule);
        return new Misfortunes(longer);
    }

    /** One reason for a misfortune. */
    public sealed interface Rule {
        /** The command that is struck. */
        Command command();

        /** What happens. */
        Misfortune misfortune();

        /** Whether it happens now. */
        boolean applies(String host, long occurrence, RandomGenerator random);
    }

    private record Nth(Command command, long number, Misfortune misfortune) implements Rule {
        @Override
        public boolean applies(String host, long occurrence, RandomGenerator random) {
            return occurrence == number;
        }
    }

    private record OnHost(String name, Command command, Misfortune misfortune) implements Rule {
        @Override
        public boolean applies(String host, long occurrence, RandomGenerator random) {
            return name.equals(host);
        }
    }

    private record ByChance(Command command, double probability, Misfortune misfortune) implements Rule {
        @Override
        public boolean applies(String host, long occurrence, RandomGenerator random) {
            return random.nextDouble() < probability;
        }
    }
}
