package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.api.ContractFolder.Row;
import io.kilonova.api.ContractFolder.Sample;
import io.kilonova.errors.ServiceException;
import io.kilonova.http.Microversion;
import io.kilonova.http.Query;
import io.kilonova.http.SchemaLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * Our schemas against Nova's, at each version at which either changes: every documented request, and some thousand wrong
 * ones made from each, must have the same verdict. Runs where {@code NOVA_CONTRACT} names the contract's folder.
 */
class ContractSchemasTest {
    private static final int SHOWN_DISAGREEMENTS = 10;
    private static final int SHOWN_CHARACTERS = 300;

    private final SchemaLibrary library = new SchemaLibrary("schemas/compute");

    /** One of our schemas and the contract's schema for the same route and versions. */
    private record Pair(String name, boolean query, Row row, ContractFolder folder) {
        JsonNode contract() {
            return folder.schema(query ? row.query() : row.body());
        }
    }

    @TestFactory
    Stream<DynamicTest> every_schema_agrees_with_the_contract() {
        Optional<ContractFolder> folder = ContractFolder.fromEnvironment();
        if (folder.isEmpty()) {
            System.out.println("ContractSchemasTest ran NOTHING: NOVA_CONTRACT does not name the contract's folder.");
            return Stream.empty();
        }
        ContractJudge judge = new ContractJudge(folder.get().formats());
        List<Sample> samples = folder.get().samples();
        Map<String, List<Pair>> pairs = new LinkedHashMap<>();
        for (Map<String, String> line : ContractFolder.table(Path.of("src/test/resources/contract-routes.tsv"))) {
            boolean query = line.get("kind").equals("query");
            for (Row row : folder.get().rows()) {
                if (row.route().equals(ContractFolder.route(line)) && !(query ? row.query() : row.body()).isEmpty()) {
                    pairs.computeIfAbsent(line.get("schema"), key -> new ArrayList<>())
                            .add(new Pair(line.get("schema"), query, row, folder.get()));
                }
            }
        }
        AtomicInteger total = new AtomicInteger();
        Stream<DynamicTest> summary = Stream.of(DynamicTest.dynamicTest(
                "all of them",
                () -> System.out.println("ContractSchemasTest compared " + total + " verdicts with the contract's.")));
        Stream<DynamicTest> each = pairs.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    List<String> disagreements = new ArrayList<>();
                    AtomicInteger count = new AtomicInteger();
                    // Routes that share a schema of ours often share one of the contract's as well.
                    Set<String> compared = new HashSet<>();
                    for (Pair pair : entry.getValue()) {
                        Row row = pair.row();
                        if (compared.add(row.query() + row.body() + row.first() + row.last() + row.legacy())) {
                            compare(pair, judge, samples, disagreements, count);
                        }
                    }
                    assertThat(disagreements).isEmpty();
                    assertThat(count).as("instances compared").hasValueGreaterThan(1);
                    total.addAndGet(count.get());
                }));
        return Stream.concat(each, summary);
    }

    private void compare(
            Pair pair, ContractJudge judge, List<Sample> samples, List<String> disagreements, AtomicInteger count) {
        JsonNode contract = pair.contract();
        Predicate<JsonNode> nova = judge.of(contract);
        for (Map.Entry<JsonNode, Microversion> form : forms(pair).entrySet()) {
            Verdicts verdicts = new Verdicts(pair, form.getValue(), nova, disagreements, count);
            Mutations mutations = new Mutations(List.of(contract, form.getKey()));
            JsonNode everything = mutations.instance(contract, true, judge);
            mutations.each(
                    everything, !pair.row().legacy() || pair.query(), what -> compare(verdicts, everything, what));
            compare(verdicts, everything, "all that the contract knows");
            compare(verdicts, mutations.instance(form.getKey(), true, judge), "all that we know");
            compare(verdicts, mutations.instance(contract, false, judge), "what the contract needs");
            compare(verdicts, mutations.instance(form.getKey(), false, judge), "what we need");
        }
        for (Sample sample : pair.query() ? List.<Sample>of() : samples) {
            if (sample.route().equals(pair.row().route())
                    && !pair.row().legacy()
                    && sample.version().compareTo(pair.row().first()) >= 0
                    && sample.version().compareTo(pair.row().last()) <= 0) {
                Verdicts verdicts = new Verdicts(pair, sample.version(), nova, disagreements, count);
                compare(verdicts, sample.body(), "sample " + sample.name());
            }
        }
    }

    /** What both said so far of one schema at one version. */
    private record Verdicts(
            Pair pair,
            Microversion version,
            Predicate<JsonNode> nova,
            List<String> disagreements,
            AtomicInteger count) {}

    /** Our different forms within the versions of a contract's schema, each with one version that has it. */
    private Map<JsonNode, Microversion> forms(Pair pair) {
        TreeSet<Microversion> versions = new TreeSet<>(library.breakpoints(pair.name()));
        versions.removeIf(version -> version.compareTo(pair.row().first()) < 0
                || version.compareTo(pair.row().last()) > 0);
        versions.add(pair.row().first());
        versions.add(pair.row().last());
        Map<JsonNode, Microversion> forms = new LinkedHashMap<>();
        versions.forEach(version -> forms.putIfAbsent(library.at(pair.name(), version), version));
        return forms;
    }

    private void compare(Verdicts verdicts, JsonNode instance, String what) {
        Pair pair = verdicts.pair();
        if (pair.query() && !isQuery(instance)) {
            return;
        }
        verdicts.count().incrementAndGet();
        boolean expected = verdicts.nova().test(instance);
        boolean actual = pair.query()
                ? acceptsQuery(pair, verdicts.version(), instance)
                : acceptsBody(pair, verdicts.version(), instance);
        String name = pair.name() + (pair.row().legacy() ? " (legacy)" : "");
        if (expected != actual
                && verdicts.disagreements().size() < SHOWN_DISAGREEMENTS
                && ContractDifference.of(name, what).isEmpty()) {
            verdicts.disagreements()
                    .add("%s at %s, %s: Nova %s, we %s: %s"
                            .formatted(
                                    name,
                                    verdicts.version(),
                                    cut(what),
                                    expected ? "accepts" : "refuses",
                                    actual ? "accept" : "refuse",
                                    cut(instance.toString())));
        }
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS);
    }

    private boolean acceptsBody(Pair pair, Microversion version, JsonNode body) {
        try {
            if (pair.row().legacy()) {
                library.checkLegacyBody(pair.name(), version, body);
            } else {
                library.checkBody(pair.name(), version, body);
            }
            return true;
        } catch (ServiceException refusal) {
            return false;
        }
    }

    private boolean acceptsQuery(Pair pair, Microversion version, JsonNode parameters) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        parameters.properties().forEach(parameter -> {
            List<String> values = new ArrayList<>();
            parameter.getValue().forEach(value -> values.add(value.asString()));
            query.put(parameter.getKey(), values);
        });
        try {
            library.checkQuery(pair.name(), version, Query.of(query));
            return true;
        } catch (ServiceException refusal) {
            return false;
        }
    }

    /** Whether an instance is what a query can be: lists of strings by name. */
    private static boolean isQuery(JsonNode instance) {
        for (JsonNode parameter : instance) {
            if (!parameter.isArray() || parameter.isEmpty()) {
                return false;
            }
            for (JsonNode value : parameter) {
                if (!value.isString()) {
                    return false;
                }
            }
        }
        return instance.isObject();
    }
}
