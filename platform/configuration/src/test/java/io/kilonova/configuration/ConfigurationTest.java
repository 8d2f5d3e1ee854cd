package io.kilonova.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Option<Path> STATE_PATH =
            Option.of("DEFAULT", "state_path", OptionType.path(), "state").meaning("Where everything is kept.");
    private static final Option<Path> INSTANCES_PATH =
            Option.of("DEFAULT", "instances_path", OptionType.path(), "$state_path/instances");
    private static final Option<Optional<String>> HOST = Option.unset("DEFAULT", "host", OptionType.text());
    private static final Option<Integer> MAX_LIMIT = Option.of("api", "max_limit", OptionType.integer(1, 1000), "1000")
            .in("items")
            .meaning("The largest page of a list.");
    private static final Option<String> DHCP_DOMAIN = Option.of("api", "dhcp_domain", OptionType.text(), "novalocal");
    private static final Option<List<String>> FILTERS =
            Option.of("filter_scheduler", "enabled_filters", OptionType.list(), "ComputeFilter, ImageFilter");
    private static final Option<Duration> EXPIRATION =
            Option.of("token", "expiration", OptionType.duration(Duration.ofSeconds(10), Duration.ofDays(7)), "1h");
    private static final Option<Long> MEMORY =
            Option.of("DEFAULT", "reserved_host_memory_mb", OptionType.size(), "512");
    private static final Option<HostAndPort> LISTEN =
            Option.of("http", "listen", OptionType.hostAndPort(), "127.0.0.1:8088");
    private static final Option<Boolean> CLASSIC = Option.of("http", "classic_ports", OptionType.bool(), "false");
    private static final Option<String> TYPE =
            Option.of("libvirt", "virt_type", OptionType.choice("auto", "kvm", "qemu"), "auto");
    private static final Option<Optional<Double>> RATIO =
            Option.unset("DEFAULT", "cpu_allocation_ratio", OptionType.real(0.1, 64));
    private static final Option<Optional<Secret>> PASSWORD =
            Option.unset("database", "password_file", OptionType.secretFile());
    private static final Options OPTIONS = Options.of(List.of(
            STATE_PATH,
            INSTANCES_PATH,
            HOST,
            MEMORY,
            RATIO,
            MAX_LIMIT,
            DHCP_DOMAIN,
            FILTERS,
            EXPIRATION,
            LISTEN,
            CLASSIC,
            TYPE,
            PASSWORD));

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("kilonova.conf");
    }

    @Test
    void nothing_needs_to_be_set() {
        Configuration configuration = Configuration.read(OPTIONS, Optional.empty(), Map.of());

        assertThat(configuration.get(MAX_LIMIT)).isEqualTo(1000);
        assertThat(configuration.get(HOST)).isEmpty();
        assertThat(configuration.get(INSTANCES_PATH)).isEqualTo(Path.of("state/instances"));
        assertThat(configuration.get(EXPIRATION)).isEqualTo(Duration.ofHours(1));
        assertThat(configuration.get(MEMORY)).isEqualTo(512L << 20);
        assertThat(configuration.get(LISTEN)).isEqualTo(new HostAndPort("127.0.0.1", 8088));
        assertThat(configuration.notices()).isEmpty();
    }

    @Test
    void a_file_is_read_as_oslo_config_reads_it() {
        Configuration configuration = read("""
                \uFEFF# a comment
                ; another
                [DEFAULT]
                state_path: /srv/nova=x
                cpu-allocation-ratio = 2.5

                [filter_scheduler]
                enabled_filters = A,
                    B,  C
                enabled_filters = D
                [Api]
                max_limit = 7
                max_limit = 9
                dhcp_domain = "it's"
                [token]
                expiration = 90
                [libvirt]
                virt_type = qemu
                [http]
                listen = [::1]:0
                classic_ports = Yes
                """);

        assertThat(configuration.get(STATE_PATH)).isEqualTo(Path.of("/srv/nova=x"));
        assertThat(configuration.get(INSTANCES_PATH)).isEqualTo(Path.of("/srv/nova=x/instances"));
        assertThat(configuration.get(RATIO)).contains(2.5);
        assertThat(configuration.get(FILTERS)).containsExactly("A", "B", "C", "D");
        assertThat(configuration.get(MAX_LIMIT)).isEqualTo(9);
        assertThat(configuration.get(DHCP_DOMAIN)).isEqualTo("it's");
        assertThat(configuration.get(EXPIRATION)).isEqualTo(Duration.ofSeconds(90));
        assertThat(configuration.get(LISTEN)).hasToString("[::1]:0");
        assertThat(configuration.get(CLASSIC)).isTrue();
        assertThat(configuration.place(MAX_LIMIT)).isEqualTo(file + ":13");
    }

    @Test
    void the_environment_overrides_the_file() {
        write("[api]\nmax_limit = 7\n[DEFAULT]\nhost = a\n");

        Configuration configuration = Configuration.read(
                OPTIONS,
                Optional.of(file),
                Map.of("KILONOVA_API_MAX_LIMIT", "8", "KILONOVA_HOST", "b", "PATH", "/bin"));

        assertThat(configuration.get(MAX_LIMIT)).isEqualTo(8);
        assertThat(configuration.get(HOST)).contains("b");
        assertThat(configuration.place(HOST)).isEqualTo("environment KILONOVA_HOST");
    }

    @Test
    void a_variable_that_an_orchestrator_set_stops_nothing_and_is_told() {
        Configuration configuration =
                Configuration.read(OPTIONS, Optional.empty(), Map.of("KILONOVA_API_MAX_LIMITS", "8"));

        assertThat(configuration.notices())
                .singleElement()
                .asString()
                .contains("Did you mean \"KILONOVA_API_MAX_LIMIT\"?");
    }

    @Test
    void a_misspelt_key_is_told_with_its_place_and_the_right_one() {
        assertRefused(
                "[api]\n\nmax_limti = 3\n", file + ":3: [api] has no key \"max_limti\". Did you mean \"max_limit\"?");
        assertRefused("[apy]\nfoo = 3\n", file + ":2: there is no group [apy]. Did you mean \"api\"?");
        assertRefused("[DEFAULT]\nmax_limit = 3\n", "It stands in [api].");
        assertRefused("[api]\nsomething_else_entirely = 3\n", "\"kilonova config\" prints all there are.");
    }

    @Test
    void a_key_that_only_nova_needs_is_explained() {
        Configuration configuration =
                read("[DEFAULT]\ntransport_url = rabbit://secret@host\n[oslo_messaging_rabbit]\nx = 1\n");

        assertThat(configuration.notices())
                .hasSize(2)
                .allSatisfy(notice -> assertThat(notice)
                        .contains("there is no message broker")
                        .doesNotContain("secret"));
    }

    @Test
    void a_wish_that_would_not_come_true_stops_the_start() {
        assertRefused(
                "[vmware]\nhost_ip = 1\n", "[vmware] host_ip is a key of Nova that Kilonova does not offer: vSphere");
    }

    @Test
    void a_value_out_of_bounds_is_told_with_what_is_wanted() {
        assertRefused("[api]\nmax_limit = 0\n", file + ":2: [api] max_limit = 0: integer, 1 to 1000 is wanted");
        assertRefused("[api]\nmax_limit = 99999999999999999999\n", "integer, 1 to 1000 is wanted");
        assertRefused("[DEFAULT]\ncpu_allocation_ratio = NaN\n", "number, 0.1 to 64.0 is wanted");
        assertRefused("[token]\nexpiration = 5\n", "time, 10s to 604800s");
        assertRefused("[token]\nexpiration = 999999999999999d\n", "time, 10s to 604800s");
        assertRefused("[DEFAULT]\nreserved_host_memory_mb = 9parsecs\n", "size in MiB");
        assertRefused("[http]\nlisten = 127.0.0.1:70000\n", "a port is a number from 0 to 65535");
        assertRefused("[http]\nlisten = ::1:80\n", "needs brackets");
        assertRefused("[http]\nclassic_ports = maybe\n", "true or false is wanted");
        assertRefused("[libvirt]\nvirt_type = kmv\n", "one of auto, kvm, qemu is wanted; \"kvm\"?");
    }

    @Test
    void all_mistakes_are_told_at_once() {
        assertRefused("[api]\nmax_limit = 0\nx = 1\n[http]\nlisten = 1\n", "3 things are wrong");
    }

    @Test
    void a_line_that_makes_no_sense_is_told_with_its_place() {
        assertRefused("key = 1\n", file + ":1: \"key\" stands before any section");
        assertRefused("[api]\nmax_limit\n", file + ":2: \"key = value\" is wanted");
        assertRefused("[api\n", file + ":1: a section is written [name]");
        assertRefused("[api]\n   5\n", file + ":2: the line begins with a blank");
        assertRefused("[api]\n = 5\n", file + ":2: the line begins with a blank");
        assertRefused("[api]\n= 5\n", file + ":2: a key of 1 to 255 characters");
    }

    @Test
    void references_are_followed_and_their_circles_are_found() {
        Configuration configuration = read("""
                [DEFAULT]
                host = ${api.dhcp_domain}-$state_path-$$5-\\$6
                state_path = /s
                [api]
                dhcp_domain = d
                """);
        assertThat(configuration.get(HOST)).contains("d-/s-$5-$6");

        assertRefused("[DEFAULT]\nhost = $nowhere\n", "refers to $nowhere, which is no option");
        assertRefused("[DEFAULT]\nhost = ${open\n", "refers to $");
        assertRefused(
                "[DEFAULT]\nhost = ${api.dhcp_domain}\n[api]\ndhcp_domain = $host\n",
                "refers to itself: [DEFAULT] host -> [api] dhcp_domain -> [DEFAULT] host");
    }

    @Test
    void references_cannot_grow_without_end() {
        String tenThousand = "x".repeat(10_000);
        assertRefused(
                "[DEFAULT]\nhost = " + "${api.dhcp_domain}".repeat(10) + "\n[api]\ndhcp_domain = " + tenThousand + "\n",
                "longer than 65536 characters");
    }

    @Test
    void a_file_that_is_too_large_or_no_text_is_refused() throws IOException {
        Files.writeString(file, "#".repeat(IniFile.MAXIMUM_BYTES + 1));
        assertThatThrownBy(this::readFile).hasMessageContaining("larger than 1048576 bytes");

        Files.write(file, new byte[] {'[', 'a', (byte) 0xff, ']'});
        assertThatThrownBy(this::readFile).hasMessageContaining("the first wrong byte is number 3");

        Files.delete(file);
        assertThatThrownBy(this::readFile).hasMessageContaining("there is no such file");
    }

    @Test
    void a_secret_comes_from_a_file_and_never_prints() throws IOException {
        Path secret = Files.writeString(folder.resolve("password"), "hunter2\n");
        Configuration configuration = read("[database]\npassword_file = " + secret + "\n");

        Optional<Secret> password = configuration.get(PASSWORD);
        assertThat(password.map(Secret::reveal)).contains("hunter2");
        assertThat(password).contains(Secret.of("hunter2")).isNotEqualTo(Optional.of(Secret.of("hunter3")));
        assertThat("%s %s".formatted(password, List.of(password)))
                .doesNotContain("hunter2")
                .contains("Secret(***)");
        assertThat(ConfigurationListing.of(configuration)).doesNotContain("hunter2");
        assertThat(Secret.of("a")).hasSameHashCodeAs(Secret.of("b"));
    }

    @Test
    void a_secrets_file_that_is_missing_or_empty_is_refused() throws IOException {
        assertRefused("[database]\npassword_file = " + folder.resolve("none") + "\n", "cannot be read");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertRefused("[database]\npassword_file = " + empty + "\n", "is empty");
    }

    @Test
    void the_listing_is_a_file_that_reads_back_the_same() throws IOException {
        Configuration configuration =
                read("[api]\nmax_limit = 7\n[filter_scheduler]\nenabled_filters = A\nenabled_filters = B,\n   C\n");

        String listing = ConfigurationListing.of(configuration);
        Files.writeString(file, listing, StandardCharsets.UTF_8);
        Configuration again = readFile();

        assertThat(listing)
                .contains("# The largest page of a list.\n# Type: integer, 1 to 1000. Unit: items. Default: 1000\n")
                .contains("\nmax_limit = 7\n");
        assertThat(again.get(MAX_LIMIT)).isEqualTo(7);
        assertThat(again.get(FILTERS)).containsExactly("A", "B", "C");
        assertThat(again.isDefault(DHCP_DOMAIN)).isTrue();
        assertThat(again.notices()).isEmpty();
    }

    @Test
    void two_options_cannot_share_a_name_or_a_variable() {
        Option<String> one = Option.of("DEFAULT", "api_x", OptionType.text(), "");
        Option<String> two = Option.of("api", "x", OptionType.text(), "");

        assertThatThrownBy(() -> Options.of(List.of(one, one))).hasMessageContaining("declared twice");
        assertThatThrownBy(() -> Options.of(List.of(one, two))).hasMessageContaining("shares its variable");
    }

    @Test
    void what_was_meant_is_found_only_when_it_is_near() {
        List<String> names = List.of("instances", "cores", "ram");

        assertThat(NearestName.of("instnaces", names)).contains("instances");
        assertThat(NearestName.of("INSTANCES", names)).contains("instances");
        assertThat(NearestName.of("rma", names)).contains("ram");
        assertThat(NearestName.of("volumes", names)).isEmpty();
        assertThat(NearestName.of("x".repeat(100_000), names)).isEmpty();
    }

    private Configuration read(String text) {
        write(text);
        return readFile();
    }

    private Configuration readFile() {
        return Configuration.read(OPTIONS, Optional.of(file), Map.of());
    }

    private void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void assertRefused(String text, String expected) {
        write(text);
        assertThatThrownBy(this::readFile).isInstanceOf(ServiceException.class).hasMessageContaining(expected);
    }
}
