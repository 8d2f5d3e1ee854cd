package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.http.Microversion;
import io.kilonova.http.SchemaLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The schema files themselves. */
class SchemaFilesTest {
    private static final Path FOLDER = Path.of("src/main/resources/schemas/compute");
    private static final Microversion FIRST = new Microversion(2, 1);

    private final SchemaLibrary library = new SchemaLibrary("schemas/compute");

    private static List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .map(file -> FOLDER.relativize(file).toString().replace(".json", ""))
                    .filter(name -> !name.equals("definitions"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void every_file_is_a_plain_schema_at_every_version() throws IOException {
        for (String name : names()) {
            List<Microversion> versions = new ArrayList<>(library.breakpoints(name));
            versions.add(FIRST);
            for (Microversion version : versions) {
                JsonNode plain = library.at(name, version);
                assertThat(plain.toString()).as(name).doesNotContain("\"x-").doesNotContain("\"$");
                assertThat(plain.path("title").asString("")).as(name).isNotBlank();
            }
        }
    }

    @Test
    void the_document_names_every_file() throws IOException {
        String document = Files.readString(Path.of("../../docs/schemas.md"));
        for (String name : names()) {
            assertThat(document).contains("`" + name + "`");
        }
    }
}
