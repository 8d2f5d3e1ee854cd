package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private record Ended(int code, String out, String err) {}

    private static Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ended(code, out.toString(), err.toString());
    }

    @Test
    void the_help_names_every_command() {
        Ended ended = run("--help");

        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("up", "demo", "config", "test", "version", "help")
                .doesNotContain("train");
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "demo", "config", "test", "version"})
    void every_command_explains_itself(String command) {
        Ended ended = run(command, "--help");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).startsWith("Usage: kilonova " + command).contains("--help");
    }

    @Test
    void a_wrong_command_line_is_64_and_says_what_was_meant() {
        assertThat(run().code()).isEqualTo(64);
        assertThat(run("upp").code()).isEqualTo(64);
        assertThat(run("upp").err()).contains("Did you mean").contains("up");
        assertThat(run("up", "--lisen", "x").code()).isEqualTo(64);
        assertThat(run("up", "--lisen", "x").err()).contains("--listen");
        assertThat(run("demo", "--timeout", "soon").code()).isEqualTo(64);
    }

    @Test
    void an_expected_failure_is_one_sentence_and_1(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("kilonova.conf"), "[api]\nmax_limti = 5\n");

        Ended ended = run("config", "--config", file.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .isEqualTo("kilonova: %s:2: [api] has no key \"max_limti\". Did you mean \"max_limit\"?%n"
                        .formatted(file));
    }

    @Test
    void a_hypervisor_that_does_not_exist_is_refused_with_those_that_do(@TempDir Path folder) {
        Ended ended = run("up", "--state", folder.toString(), "--hypervisor", "libvrit");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .contains("command line: [DEFAULT] compute_driver = libvrit: one of libvirt, fake is wanted");
    }

    @Test
    void config_prints_a_file_that_can_be_used_as_it_is(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("one.conf"), "[api]\nmax_limit = 5\n");
        String listing = run("config", "--config", file.toString()).out();
        Path again = Files.writeString(folder.resolve("two.conf"), listing);

        Ended ended = run("config", "--config", again.toString());

        assertThat(ended.code()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("\nmax_limit = 5\n");
    }

    @Test
    void there_are_at_most_forty_options_and_each_is_explained() {
        assertThat(KilonovaOptions.all().all()).hasSizeLessThanOrEqualTo(40).allSatisfy(option -> {
            assertThat(option.meaning()).as("meaning of %s", option).endsWith(".");
            assertThat(option.type().description()).isNotBlank();
        });
    }

    @Test
    void the_version_is_the_builds() {
        assertThat(run("version").out()).matches(Pattern.compile("kilonova [0-9]+\\.[0-9]+.*", Pattern.DOTALL));
    }

    @Test
    void every_declared_option_is_in_the_table() {
        Set<String> declared = java.util.Arrays.stream(KilonovaOptions.class.getDeclaredFields())
                .filter(field -> field.getType() == io.kilonova.configuration.Option.class)
                .map(java.lang.reflect.Field::getName)
                .collect(Collectors.toSet());

        assertThat(KilonovaOptions.all().all()).hasSameSizeAs(declared);
    }
}
