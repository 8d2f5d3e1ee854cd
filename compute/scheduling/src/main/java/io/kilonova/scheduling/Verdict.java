package io.kilonova.scheduling;

/**
 * What one check says of one host.
 *
 * @param check the check's name, for example {@code ComputeFilter}
 * @param passes whether the host may be chosen as far as this check goes
 * @param reason why not, for operators; empty when it passes
 */
public record Verdict(String check, boolean passes, String reason) {}
