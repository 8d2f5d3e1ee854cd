package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.configuration.Configuration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionChecksTest {
    @ParameterizedTest
    @CsvSource({
        "KILONOVA_HTTP_PUBLIC_URL, https://cloud.example.org",
        "KILONOVA_DATABASE_CONNECTION, postgresql://nova@db.example.org:5432/nova",
        "KILONOVA_DATABASE_CONNECTION, sqlite:////srv/kilonova.db",
        "KILONOVA_QUOTA_CORES, -1",
    })
    void what_is_right_is_taken(String variable, String value) {
        assertThat(read(variable, value).notices()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "KILONOVA_HTTP_PUBLIC_URL, ftp://cloud",
        "KILONOVA_HTTP_PUBLIC_URL, https://cloud/",
        "KILONOVA_DATABASE_CONNECTION, mysql+pymysql://nova@db/nova",
        "KILONOVA_DEFAULT_AVAILABILITY_ZONE, a:b",
        "KILONOVA_HOST, ../../etc",
        "KILONOVA_QUOTA_CORES, -2",
    })
    void what_is_wrong_is_refused(String variable, String value) {
        assertThatThrownBy(() -> read(variable, value)).hasMessageContaining("environment " + variable);
    }

    @Test
    void a_password_in_the_databases_address_is_refused_and_not_repeated() {
        assertThatThrownBy(() -> read("KILONOVA_DATABASE_CONNECTION", "postgresql://nova:hunter2@db/nova"))
                .hasMessageContaining("[database] password_file")
                .message()
                .doesNotContain("hunter2");
    }

    private static Configuration read(String variable, String value) {
        return Configuration.read(KilonovaOptions.all(), Optional.empty(), Map.of(variable, value));
    }
}
