package io.kilonova.consistency;

/**
 * One thing that always holds.
 *
 * @param name of its metric, for example {@code quotas_add_up}
 * @param sentence what holds
 * @param remedy what an operator does where it does not
 * @param inspection how breaches are found
 */
record Invariant(String name, String sentence, String remedy, Inspection inspection) {}
