/**
 * A whole cloud in one process: the real services, operations and scheduler over simulated time, network, disk and hypervisors.
 * One thread runs at a time and a seed decides which, so that whatever happens once happens again from the same seed.
 */
package io.kilonova.simulation;
