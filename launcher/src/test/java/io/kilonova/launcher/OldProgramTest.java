package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program meets a database from which a newer release has taken what it needs. */
class OldProgramTest {
    private static final String SCRIPT = "V20991231_01__servers_contract_old_column.sql";

    @TempDir
    private Path state;

    @Test
    void a_program_that_is_too_old_for_its_database_says_so_and_changes_nothing() {
        DatabaseOptions options = DatabaseOptions.sqlite(state.resolve("kilonova.db"));
        try (Database database = Database.open(options, Services.MIGRATIONS)) {
            database.change(transaction -> transaction.sql().execute("""
                    INSERT INTO schema_history (installed_rank, version, description, type, script, checksum, installed_by,
                      execution_time, success)
                    SELECT MAX(installed_rank) + 1, '20991231.01', 'of a newer release', 'SQL', ?, 1, 'newer', 1, TRUE
                    FROM schema_history""", SCRIPT));
        }

        for (String command : new String[] {"up", "check"}) {
            StringWriter err = new StringWriter();
            int status = Main.run(arguments(command), new PrintWriter(new StringWriter()), new PrintWriter(err, true));
            assertThat(status).isEqualTo(1);
            assertThat(err.toString())
                    .contains("belongs to a newer release, which has taken away what this one needs (%s)"
                            .formatted(SCRIPT))
                    .contains("Start the newer release.");
        }
        assertThat(state.resolve("clouds.yaml")).doesNotExist();
        StateDirectory.open(state).close(); // nobody holds it
    }

    private String[] arguments(String command) {
        return command.equals("up")
                ? new String[] {"up", "--hypervisor=fake", "--listen=127.0.0.1:0", "--state=" + state}
                : new String[] {command, "--state=" + state};
    }
}
