package io.kilonova.simulation;

import io.kilonova.errors.Owner;
import io.kilonova.errors.ServiceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What users were told: a request that was accepted is a promise. */
final class Promises {
    /** What a user knows of a server's deletion. */
    enum Deletion {
        NOT_ASKED,
        /** Asked, and no answer came: it may or may not go. */
        UNKNOWN,
        ACCEPTED
    }

    private final Map<String, Deletion> servers = new LinkedHashMap<>();
    private final Map<String, String> projects = new LinkedHashMap<>();
    private final Map<String, Integer> answers = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    void created(String serverId, String project) {
        servers.put(serverId, Deletion.NOT_ASKED);
        projects.put(serverId, project);
    }

    void deleting(String serverId, Deletion told) {
        servers.merge(serverId, told, (before, now) -> before == Deletion.ACCEPTED ? before : now);
    }

    void answered(String action, String answer) {
        answers.merge(action + ": " + answer, 1, Integer::sum);
    }

    /** A request failed: with a word of the vocabulary that is not the cloud's own fault, or it is a finding. */
    void refused(String action, RuntimeException reason) {
        if (reason instanceof ServiceException known && known.code().owner() != Owner.US) {
            answered(action, known.code().name());
        } else {
            faults.add("%s was answered with a fault of the cloud's own: %s".formatted(action, reason));
        }
    }

    /** The servers that users know and have not had deleted, in the order in which they came. */
    List<String> standing() {
        return servers.entrySet().stream()
                .filter(entry -> entry.getValue() != Deletion.ACCEPTED)
                .map(Map.Entry::getKey)
                .toList();
    }

    String projectOf(String serverId) {
        return projects.getOrDefault(serverId, "");
    }

    Map<String, Deletion> servers() {
        return servers;
    }

    /** How often each action was answered how. */
    Map<String, Integer> answers() {
        return answers;
    }

    List<String> faults() {
        return faults;
    }
}
