package io.kilonova.operations;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What waits for a thread: projects take turns, and within a project each kind has its line, so that a kind that is at its
 * bound holds up neither other kinds nor other projects. Not safe for threads; its owner locks.
 */
final class ReadyQueue<T> {
    private final LinkedHashMap<String, LinkedHashMap<String, ArrayDeque<T>>> projects = new LinkedHashMap<>();
    private int size;

    void add(String project, String kind, T item) {
        projects.computeIfAbsent(project, name -> new LinkedHashMap<>())
                .computeIfAbsent(kind, name -> new ArrayDeque<>())
                .add(item);
        size++;
    }

    int size() {
        return size;
    }

    /** The next whose kind has room. Its project, and its kind within the project, go to the end of the line. */
    Optional<T> next(Predicate<String> kindHasRoom) {
        for (Map.Entry<String, LinkedHashMap<String, ArrayDeque<T>>> project : projects.entrySet()) {
            for (Map.Entry<String, ArrayDeque<T>> kind : project.getValue().entrySet()) {
                if (kindHasRoom.test(kind.getKey())) {
                    return Optional.of(take(project.getKey(), kind.getKey()));
                }
            }
        }
        return Optional.empty();
    }

    private T take(String projectName, String kindName) {
        LinkedHashMap<String, ArrayDeque<T>> project = requireNonNull(projects.remove(projectName));
        ArrayDeque<T> line = requireNonNull(project.remove(kindName));
        T item = line.remove();
        size--;
        if (!line.isEmpty()) {
            project.put(kindName, line);
        }
        if (!project.isEmpty()) {
            projects.put(projectName, project);
        }
        return item;
    }

    /** Empties the queue. */
    void clear() {
        projects.clear();
        size = 0;
    }
}
