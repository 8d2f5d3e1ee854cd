package io.kilonova.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** What is broken at present, set by {@link Fault}s and asked at each effect. Probabilities are 0 to 1. */
final class Weather {
    /** That the database answers nobody. */
    boolean databaseAway;
    /** That the database's disk has no room. */
    boolean databaseFull;
    /** That the answer to a commit is lost, whether or not it was kept. */
    double commitsOfUnknownEnd;
    /** That a statement of the database waits for the disk. */
    double slowDisk;
    /** That a controller stands still just before it writes, longer than its lease. */
    double lateWrites;
    /** That a command to a host is lost before it arrives. */
    double lostCommands;
    /** That a command was carried out, and its answer is lost. */
    double lostAnswers;
    /** That a command arrives twice. */
    double doubledCommands;
    /** That a command arrives long after its caller gave up, whatever was asked since. */
    double lateCommands;
    /** That a command or an event is late. */
    double slowNetwork;
    /** That a controller is killed at a step of an operation. */
    double deadlySteps;
    /** Hosts that nobody reaches. */
    final Set<String> hostsOff = new HashSet<>();
    /** Hosts that operators said to be dead; it is for them to say otherwise, so that no weather ends it. */
    final Set<String> saidDead = new TreeSet<>();
    /** Pairs of a controller and a host, {@code controller/host}, that do not reach each other. */
    final Set<String> partitions = new HashSet<>();
    /** Controllers that do not reach the database. */
    final Set<String> cutOff = new HashSet<>();

    /** Everything is well again. */
    void clear() {
        databaseAway = false;
        databaseFull = false;
        commitsOfUnknownEnd = 0;
        slowDisk = 0;
        lateWrites = 0;
        lostCommands = 0;
        lostAnswers = 0;
        doubledCommands = 0;
        lateCommands = 0;
        slowNetwork = 0;
        deadlySteps = 0;
        hostsOff.clear();
        partitions.clear();
        cutOff.clear();
    }
}
