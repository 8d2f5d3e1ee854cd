package io.kilonova.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/architecture.md and CONTRIBUTING.md say of the code's shape, held. */
class ArchitectureTest {
    private static final int MAXIMUM_LINES = 500;

    private static List<Room> rooms = List.of();

    @BeforeAll
    static void readTheRooms() throws IOException {
        rooms = Room.all();
        assertThat(rooms).hasSizeGreaterThan(5);
    }

    @Test
    void a_room_knows_only_rooms_above_it() {
        List<String> wrong = new ArrayList<>();
        for (Room room : rooms) {
            for (JavaClass type : room.classes()) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    Optional<Room> other = Room.of(dependency.getTargetClass(), rooms);
                    if (other.isPresent() && other.get().position() > room.position()) {
                        wrong.add("%s knows %s: %s"
                                .formatted(room.path(), other.get().path(), dependency.getDescription()));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void a_room_is_one_flat_package() {
        for (Room room : rooms) {
            assertThat(room.classes())
                    .as(room.path())
                    .allSatisfy(type -> assertThat(type.getPackageName()).isEqualTo(room.packageName()));
        }
    }

    @Test
    void every_package_says_that_nothing_is_null_unless_marked() {
        for (Room room : rooms) {
            assertThat(room.folder()
                            .resolve("src/main/java/%s/package-info.java"
                                    .formatted(room.packageName().replace('.', '/'))))
                    .as(room.path())
                    .content()
                    .contains("@NullMarked")
                    .startsWith("/**");
        }
    }

    @Test
    void no_name_hides_what_a_class_is() {
        Pattern hollow = Pattern.compile(".*(Utils?|Helpers?|Managers?|Impl|Common|Misc)([A-Z$].*)?");
        for (Room room : rooms) {
            assertThat(room.classes().stream().map(JavaClass::getSimpleName).filter(hollow.asMatchPredicate()))
                    .as(room.path())
                    .isEmpty();
        }
    }

    @Test
    void no_file_tells_more_than_one_story() throws IOException {
        assertThat(sourcesWhere((file, text) -> text.lines().count() > MAXIMUM_LINES))
                .as("Java files of more than %d lines", MAXIMUM_LINES)
                .isEmpty();
    }

    @Test
    void types_are_written_out() throws IOException {
        Pattern inferred = Pattern.compile("(?m)^\\s*(for \\(|try \\()?(final )?var \\w+ [=:]");
        assertThat(sourcesWhere((file, text) -> inferred.matcher(text).find())).isEmpty();
    }

    @Test
    void no_test_is_passed_over_mocked_or_slept_through() throws IOException {
        Pattern forbidden = Pattern.compile(
                "@Disab" + "led|assume" + "True|Assump" + "tions|org\\.mock" + "ito|Thread\\.sl" + "eep");
        assertThat(sourcesWhere((file, text) -> file.toString().contains("src/test/")
                        && forbidden.matcher(text).find()))
                .isEmpty();
    }

    @Test
    void nothing_is_left_for_later_in_a_comment() throws IOException {
        Pattern later = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
        assertThat(sourcesWhere((file, text) -> later.matcher(text).find())).isEmpty();
    }

    @Test
    void every_folder_with_a_pom_is_in_the_root_pom() throws IOException {
        String root = Files.readString(Room.ROOT.resolve("pom.xml"));
        try (Stream<Path> files = Files.walk(Room.ROOT, 3)) {
            assertThat(files.filter(file -> file.endsWith("pom.xml"))
                            .map(file -> Room.ROOT.relativize(file.getParent()).toString())
                            .filter(path -> !path.isEmpty()))
                    .allSatisfy(path -> assertThat(root).contains("<module>%s</module>".formatted(path)));
        }
    }

    @Test
    void every_test_that_the_specification_names_is_there() throws IOException {
        Map<String, String> tests = new HashMap<>();
        for (Path file : Room.sources()) {
            if (file.toString().contains("src/test/")) {
                tests.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        Pattern name = Pattern.compile("`(\\w*Test)?(?:\\.(\\w+))?`");
        List<String> missing = new ArrayList<>();
        for (String line : Files.readAllLines(Room.ROOT.resolve("SPECIFICATION.md"))) {
            if (!line.startsWith("| ")) {
                continue;
            }
            assertThat(line).endsWith(" |");
            String type = "";
            for (MatchResult found : name.matcher(line).results().toList()) {
                type = found.group(1) == null ? type : found.group(1);
                String method = found.group(2);
                String test = tests.get(type);
                if (test == null || method != null && !test.contains("void " + method + "(")) {
                    missing.add(type + (method == null ? "" : "." + method));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<String> sourcesWhere(BiPredicate<Path, String> condition) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : Room.sources()) {
            if (condition.test(file, Files.readString(file))) {
                found.add(Room.ROOT.relativize(file).toString());
            }
        }
        return found;
    }
}
