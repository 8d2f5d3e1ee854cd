package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.configuration.Configuration;
import io.kilonova.errors.ServiceException;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.PostgresqlServer;
import java.time.Duration;
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
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem",
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?sslcert=/a.pem&sslkey=/a.pk8&sslmode=require",
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
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?sslmode=verify_full",
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?sslrootcert=",
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?connect_timeout=5",
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?sslmode",
        "KILONOVA_DATABASE_CONNECTION, postgresql://db/nova?",
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

    @Test
    void tls_that_is_asked_of_the_database_is_asked_of_it() throws Exception {
        String wanted = "sslmode=verify-full&sslrootcert=/etc/ssl/db.pem";
        Configuration configuration = read("KILONOVA_DATABASE_CONNECTION", "postgresql://nova@db:5433/nova?" + wanted);
        assertThat(DatabaseSettings.of(configuration).url()).isEqualTo("jdbc:postgresql://db:5433/nova?" + wanted);
    }

    @Test
    void a_database_without_the_tls_that_is_asked_of_it_is_not_used() {
        DatabaseOptions plain = PostgresqlServer.shared().freshDatabase();
        String address = plain.url().replace("jdbc:postgresql://", "postgresql://kilonova@") + "?sslmode=require";
        Configuration configuration = read("KILONOVA_DATABASE_CONNECTION", address);
        assertThatThrownBy(() -> Database.open(
                                DatabaseSettings.of(configuration).withWaitLimit(Duration.ofSeconds(1)),
                                Services.MIGRATIONS)
                        .close())
                .isInstanceOf(ServiceException.class)
                .hasRootCauseMessage("The server does not support SSL.");
    }

    private static Configuration read(String variable, String value) {
        return Configuration.read(KilonovaOptions.all(), Optional.empty(), Map.of(variable, value));
    }
}
