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
    /** That a message is lost before it arrives. */
    double lostMessages;
    /** That what a message asks for was done, and its answer is lost. */
    double lostAnswers;
    /** That a message arrives twice. */
    double doubledMessages;
    /** That a command arrives long after its caller gave up, whatever was asked since. */
    double lateCommands;
    /** That a controller stands still just before it sends a command, longer than its lease. */
    double heldCommands;
    /** That what a node says by itself arrives long after, when it was said again, or something else. */
    double lateReports;
    /** That what a node tells of its guests is lost; while its process lives it tells it again. */
    double lostReports;
    /** That a sign of life of a node is lost. */
    double lostHeartbeats;
    /** Hosts of which no sign of life is heard. */
    final Set<String> silentHosts = new HashSet<>();
    /** That a message takes its time. */
    double slowNetwork;
    /** That a controller is killed at a step of an operation. */
    double deadlySteps;
    /** That a flush of a node's disk takes its time. */
    double slowJournals;
    /** Hosts on whose disk nothing more fits. */
    final Set<String> fullDisks = new HashSet<>();
    /** Hosts that nobody reaches. */
    final Set<String> hostsOff = new HashSet<>();
    /** Hosts that operators said to be dead; it is for them to say otherwise, so that no weather ends it. */
    final Set<String> saidDead = new TreeSet<>();
    /** Which process does not reach which other, {@code from>to}; the other one may reach it. */
    final Set<String> partitions = new HashSet<>();
    /** Controllers that do not reach the database. */
    final Set<String> cutOff = new HashSet<>();

    /** Whether a message gets from one process to another. */
    boolean reaches(String from, String to) {
        return !hostsOff.contains(from) && !hostsOff.contains(to) && !partitions.contains(from + ">" + to);
    }

    /** Everything is well again. */
    void clear() {
        databaseAway = false;
        databaseFull = false;
        commitsOfUnknownEnd = 0;
        slowDisk = 0;
        lateWrites = 0;
        lostMessages = 0;
        lostAnswers = 0;
        doubledMessages = 0;
        lateCommands = 0;
        heldCommands = 0;
        lateReports = 0;
        lostReports = 0;
        lostHeartbeats = 0;
        slowJournals = 0;
        fullDisks.clear();
        silentHosts.clear();
        slowNetwork = 0;
        deadlySteps = 0;
        hostsOff.clear();
        partitions.clear();
        cutOff.clear();
    }
}
