package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CheckCommandTest {
    @TempDir
    private Path state;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String... more) {
        out.getBuffer().setLength(0);
        String[] arguments = new String[3 + more.length];
        arguments[0] = "check";
        arguments[1] = "--state";
        arguments[2] = state.toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    void a_folder_without_a_cloud_is_told_and_not_made_one() {
        assertThat(check()).isEqualTo(1);
        assertThat(err.toString()).contains("no cloud has run");
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void a_breach_is_told_with_what_to_do_next() {
        try (Database database =
                Database.open(DatabaseOptions.sqlite(state.resolve("kilonova.db")), Services.MIGRATIONS)) {
            assertThat(check()).isZero();
            assertThat(out.toString())
                    .contains("✓ Whoever has taken resources is a server", "– Guests are not looked at here")
                    .doesNotContain("✗", "✓ A server has one guest");

            database.change(transaction -> transaction.sql().execute("""
                    INSERT INTO placement_consumers (uuid, project_id, user_id, generation, created_at, updated_at)
                    VALUES ('nobody', 'p', 'u', 1, 1, 1)"""));

            assertThat(check()).isEqualTo(1);
            assertThat(out.toString()).contains("✗ Whoever has taken resources", "nobody", "→ Give them back");
            assertThat(check("--json")).isEqualTo(1);
            JsonNode report = JsonMapper.shared().readTree(out.toString());
            assertThat(report.path("clean").asBoolean()).isFalse();
            assertThat(report.path("findings").path(0).path("subject").asString())
                    .isEqualTo("nobody");
            assertThat(report.path("breaches").path("quotas_add_up").asInt(-1)).isZero();
        }
    }
}
