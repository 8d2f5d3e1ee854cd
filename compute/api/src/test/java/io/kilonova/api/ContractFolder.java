package io.kilonova.api;

import io.kilonova.http.Microversion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The folder with the contract of OpenStack Compute, when the environment names one. */
record ContractFolder(Path folder) {
    private static final String VARIABLE = "NOVA_CONTRACT";
    private static final String LEGACY = "v2(legacy)";

    /**
     * A schema of the contract and where it holds.
     *
     * @param route method, path and action
     * @param first version
     * @param last version
     * @param legacy whether it is the one of {@code /v2}
     * @param body file, or empty
     * @param query file, or empty
     * @param answer file, or empty
     */
    record Row(
            String route,
            Microversion first,
            Microversion last,
            boolean legacy,
            String body,
            String query,
            String answer) {}

    /** A request that OpenStack documents: its route, version and body. */
    record Sample(String name, String route, Microversion version, JsonNode body) {}

    static Optional<ContractFolder> fromEnvironment() {
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(text -> !text.isBlank())
                .map(text -> new ContractFolder(Path.of(text)));
    }

    List<Row> rows() {
        return table(folder.resolve("schemas/index.tsv")).stream()
                .map(row -> {
                    boolean legacy = row.get("min_version").equals(LEGACY);
                    return new Row(
                            route(row),
                            legacy ? new Microversion(2, 1) : version(row.get("min_version")),
                            legacy ? new Microversion(2, 1) : version(row.get("max_version")),
                            legacy,
                            row.get("body_schema"),
                            row.get("query_schema"),
                            row.get("response_schema"));
                })
                .toList();
    }

    List<Sample> samples() {
        return table(folder.resolve("samples/index.tsv")).stream()
                .filter(row -> row.get("direction").equals("request")
                        && row.get("microversion").startsWith("2."))
                .filter(row -> row.get("sample").endsWith(".json"))
                .map(row -> new Sample(
                        row.get("sample"),
                        route(row),
                        version(row.get("microversion")),
                        json(folder.resolve("samples").resolve(row.get("sample")))))
                .toList();
    }

    JsonNode schema(String file) {
        return json(folder.resolve("schemas").resolve(file));
    }

    /** The regular expressions of the formats that have one. */
    Map<String, String> formats() {
        Map<String, String> expressions = new HashMap<>();
        json(folder.resolve("schemas/format-regexes.json"))
                .properties()
                .forEach(format -> expressions.put(
                        format.getKey(), format.getValue().path("regex").asString()));
        return expressions;
    }

    static String route(Map<String, String> row) {
        return row.get("method") + " " + row.get("path") + " " + row.get("action");
    }

    /** The rows of a table with a heading, by its names. */
    static List<Map<String, String>> table(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            String[] heading = lines.getFirst().split("\t", -1);
            return lines.stream().skip(1).map(line -> row(heading, line)).toList();
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    private static Map<String, String> row(String[] heading, String line) {
        String[] cells = line.split("\t", -1);
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < heading.length; i++) {
            row.put(heading[i], i < cells.length ? cells[i] : "");
        }
        return row;
    }

    private static Microversion version(String text) {
        String[] numbers = text.split("\\.");
        // Some rows start at 2.0, which was never served.
        return new Microversion(Integer.parseInt(numbers[0]), Math.max(1, Integer.parseInt(numbers[1])));
    }

    private static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }
}
