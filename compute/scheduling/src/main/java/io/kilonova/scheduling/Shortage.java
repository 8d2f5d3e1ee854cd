package io.kilonova.scheduling;

/**
 * How one dimension stood against a request.
 *
 * @param resourceClass for example {@code VCPU}
 * @param asked the amount asked for
 * @param hostsWithout how many of the hosts looked at could not give that much
 * @param largestFree the largest amount that any of them could give
 */
public record Shortage(String resourceClass, long asked, int hostsWithout, long largestFree) {}
