package io.kilonova.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keys of nova.conf that Kilonova does not have, with the reason. Read from {@code nova-keys.tsv}: group, name (or
 * {@code *} for the whole group), verdict, sentence.
 */
final class NovaKeys {
    private final Map<String, Explanation> explanations;

    private NovaKeys(Map<String, Explanation> explanations) {
        this.explanations = explanations;
    }

    /** What becomes of such a key. */
    enum Verdict {
        /** What it was for is done without it: it is told and passed over. */
        UNNEEDED,
        /** It asks for something that would not happen: the start is refused rather than the wish ignored. */
        REFUSED
    }

    /** Why a key is not here. */
    record Explanation(Verdict verdict, String sentence) {}

    static NovaKeys load() {
        Map<String, Explanation> explanations = new LinkedHashMap<>();
        try (InputStream stream = NovaKeys.class.getResourceAsStream("nova-keys.tsv")) {
            if (stream == null) {
                throw new IllegalStateException("nova-keys.tsv is missing from the class path");
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .forEach(line -> {
                        String[] fields = line.split("\t", -1);
                        explanations.put(
                                fields[0] + "." + fields[1], new Explanation(Verdict.valueOf(fields[2]), fields[3]));
                    });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new NovaKeys(explanations);
    }

    Optional<Explanation> explain(String group, String name) {
        return Optional.ofNullable(explanations.get(group + "." + name.replace('-', '_')))
                .or(() -> Optional.ofNullable(explanations.get(group + ".*")));
    }
}
