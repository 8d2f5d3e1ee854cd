package io.kilonova.operations;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What waits for a thread: projects take turns, and within a project each {@link Slot} that is waited for has its line, so
 * that a slot without a free place holds up neither other work nor other projects. Not safe for threads; its owner locks.
 */
final class ReadyQueue<T> {
    private final LinkedHashMap<String, LinkedHashMap<String, ArrayDeque<T>>> projects = new LinkedHashMap<>();
    private int size;

    void add(String project, String line, T item) {
        projects.computeIfAbsent(project, name -> new LinkedHashMap<>())
                .computeIfAbsent(line, name -> new ArrayDeque<>())
                .add(item);
        size++;
    }

    int size() {
        return size;
    }

    /** Whether anything waits in {@code line}. */
    boolean hasLine(String line) {
        return projects.values().stream().anyMatch(lines -> lines.containsKey(line));
    }

    /** How many stand in each line. */
    Map<String, Double> lines() {
        Map<String, Double> sizes = new HashMap<>();
        projects.values()
                .forEach(
                        lines -> lines.forEach((line, items) -> sizes.merge(line, (double) items.size(), Double::sum)));
        sizes.remove("");
        return sizes;
    }

    /** The next whose line is open. Its project, and its line within the project, go to the end. */
    Optional<T> next(Predicate<String> isOpen) {
        for (Map.Entry<String, LinkedHashMap<String, ArrayDeque<T>>> project : projects.entrySet()) {
            for (String line : project.getValue().keySet()) {
                if (isOpen.test(line)) {
                    return Optional.of(take(project.getKey(), line));
                }
            }
        }
        return Optional.empty();
    }

    /** Takes one item out of its line, wherever it stands. */
    boolean remove(String project, String line, T item) {
        LinkedHashMap<String, ArrayDeque<T>> lines = projects.get(project);
        ArrayDeque<T> queue = lines == null ? null : lines.get(line);
        if (lines == null || queue == null || !queue.remove(item)) {
            return false;
        }
        size--;
        if (queue.isEmpty()) {
            lines.remove(line);
        }
        if (lines.isEmpty()) {
            projects.remove(project);
        }
        return true;
    }

    private T take(String projectName, String lineName) {
        LinkedHashMap<String, ArrayDeque<T>> project = requireNonNull(projects.remove(projectName));
        ArrayDeque<T> line = requireNonNull(project.remove(lineName));
        T item = line.remove();
        size--;
        if (!line.isEmpty()) {
            project.put(lineName, line);
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
