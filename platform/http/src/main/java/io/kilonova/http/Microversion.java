package io.kilonova.http;

/**
 * A version of one service's API, for example 2.104.
 *
 * @param major the first number
 * @param minor the second number
 */
public record Microversion(int major, int minor) implements Comparable<Microversion> {
    /** What a service without microversions has. */
    public static final Microversion NONE = new Microversion(0, 0);

    @Override
    public int compareTo(Microversion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    /** Whether this is at least {@code major.minor}. */
    public boolean atLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || (major == otherMajor && minor >= otherMinor);
    }

    /** Whether this is older than {@code major.minor}. */
    public boolean before(int otherMajor, int otherMinor) {
        return !atLeast(otherMajor, otherMinor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
