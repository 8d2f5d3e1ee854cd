package io.kilonova.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The table of results, in Markdown; each line is also told on standard error as soon as it is known. */
final class Report {
    private final List<String> rows = new ArrayList<>(
            List.of("| measure | result | wanted | processor time of the cloud |", "| --- | --- | --- | --- |"));

    /** One measure; an empty cell where there is nothing to say. */
    void row(String measure, String result, String wanted, String processorTime) {
        String row = "| %s | %s | %s | %s |".formatted(measure, result, wanted, processorTime);
        rows.add(row);
        System.err.println(row);
    }

    /** Prints all of it. */
    void print() {
        rows.forEach(System.out::println);
    }
}
