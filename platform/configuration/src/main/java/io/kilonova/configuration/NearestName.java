package io.kilonova.configuration;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody most likely meant to write. */
public final class NearestName {
    private static final int MAXIMUM_LENGTH = 64;

    private NearestName() {}

    /**
     * The name nearest to {@code written} by insertions, deletions, replacements and swaps of neighbours, when it is near
     * enough to be meant: at most a third of the letters differ.
     */
    public static Optional<String> of(String written, Collection<String> names) {
        if (written.length() > MAXIMUM_LENGTH) {
            return Optional.empty();
        }
        String wanted = written.toLowerCase(Locale.ROOT);
        Optional<String> nearest = Optional.empty();
        int least = Math.max(1, written.length() / 3) + 1;
        for (String name : names) {
            int distance = distance(wanted, name.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = Optional.of(name);
            }
        }
        return nearest;
    }

    /** The optimal string alignment distance; costs the product of the lengths. */
    static int distance(String left, String right) {
        int[][] cost = new int[left.length() + 1][right.length() + 1];
        for (int row = 0; row <= left.length(); row++) {
            for (int column = 0; column <= right.length(); column++) {
                cost[row][column] = row == 0 || column == 0 ? row + column : cheapest(cost, left, right, row, column);
            }
        }
        return cost[left.length()][right.length()];
    }

    private static int cheapest(int[][] cost, String left, String right, int row, int column) {
        boolean same = left.charAt(row - 1) == right.charAt(column - 1);
        int best = cost[row - 1][column - 1] + (same ? 0 : 1);
        best = Math.min(best, Math.min(cost[row - 1][column], cost[row][column - 1]) + 1);
        boolean swapped = row > 1
                && column > 1
                && left.charAt(row - 1) == right.charAt(column - 2)
                && left.charAt(row - 2) == right.charAt(column - 1);
        return swapped ? Math.min(best, cost[row - 2][column - 2] + 1) : best;
    }
}
