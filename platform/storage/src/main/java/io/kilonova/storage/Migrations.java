package io.kilonova.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * Brings tables up to date with Flyway. The files are found here and not by Flyway's search, which would open every jar;
 * and each gets a number of its room behind its version, so that rooms number their files without asking each other.
 */
final class Migrations {
    private static final Pattern NAME = Pattern.compile("V(\\d{8}_\\d{2})__([a-z0-9_]+\\.sql)");

    private final DatabaseOptions options;
    private final List<Script> scripts;
    private final boolean looking;

    private Migrations(DatabaseOptions options, List<Script> scripts, boolean looking) {
        this.options = options;
        this.scripts = List.copyOf(scripts);
        this.looking = looking;
    }

    /** Reads the files of {@code folders}. A folder that has none is a fault of whoever named it. */
    static Migrations from(List<String> folders, DatabaseOptions options) {
        List<Script> scripts = new ArrayList<>();
        for (String folder : folders) {
            try {
                Collection<String> names = names(folder);
                if (names.isEmpty()) {
                    throw new IOException("no migration is in the class path folder " + folder);
                }
                for (String name : names) {
                    scripts.add(script(folder, name));
                }
            } catch (IOException e) {
                throw StorageError.MIGRATION_FAILED.because(e, options.shownName(), e.getMessage());
            }
        }
        return new Migrations(options, scripts, false);
    }

    /** The same, of which none is carried out: a database that lacks one is refused. */
    Migrations asTheyAre() {
        return new Migrations(options, scripts, true);
    }

    /** Carries out what the database does not have yet. Several controllers may do so at once; Flyway locks. */
    void run(DataSource source) {
        if (areDone(source)) {
            return;
        }
        if (looking) {
            throw StorageError.DATABASE_BEHIND.with(options.shownName());
        }
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .loggers("slf4j")
                    .dataSource(source)
                    .locations("classpath:db")
                    .resourceProvider(new Scripts(scripts))
                    .table("schema_history")
                    .skipDefaultCallbacks(true)
                    .javaMigrationClassProvider(List::of)
                    .placeholderReplacement(false)
                    .outOfOrder(true)
                    .ignoreMigrationPatterns("*:future", "*:missing")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw StorageFailures.translate(
                    StorageError.MIGRATION_FAILED.because(e, options.shownName(), firstLine(e)), options, false);
        }
    }

    /** Whether the database has each of these files as it is here. Then a start does without Flyway, which takes it 0.3 s. */
    private boolean areDone(DataSource source) {
        Map<String, Integer> done = new HashMap<>();
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT script, checksum FROM schema_history WHERE success = TRUE");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                done.put(rows.getString(1), rows.getInt(2));
            }
        } catch (SQLException e) {
            // A new database has no such table. Whatever else is the matter, Flyway will meet it too, and tells it
            // better.
            return false;
        }
        refuseWhatIsTooOld(done.keySet());
        return scripts.stream()
                .allMatch(script -> Integer.valueOf(script.checksum()).equals(done.get(script.getFilename())));
    }

    /**
     * A newer program adds to the tables while this one runs on; what this one needs is taken away in scripts whose name has
     * {@code contract}, and whoever does not know such a script must not touch the database any more.
     */
    private void refuseWhatIsTooOld(Set<String> done) {
        Set<String> known = scripts.stream().map(LoadableResource::getFilename).collect(Collectors.toSet());
        for (String script : done) {
            if (script.contains("_contract_") && !known.contains(script)) {
                throw StorageError.PROGRAM_TOO_OLD.with(options.shownName(), script);
            }
        }
    }

    private static String firstLine(FlywayException failure) {
        return String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse("unknown reason");
    }

    private static Collection<String> names(String folder) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        Enumeration<URL> places = Migrations.class.getClassLoader().getResources(folder);
        for (URL place : Collections.list(places)) {
            URLConnection connection = place.openConnection();
            if (connection instanceof JarURLConnection jar) {
                try (JarFile file = openJar(jar)) {
                    file.stream()
                            .map(JarEntry::getName)
                            .filter(name -> name.startsWith(folder + "/") && name.endsWith(".sql"))
                            .forEach(name -> names.add(name.substring(folder.length() + 1)));
                }
            } else {
                try (Stream<Path> files = Files.list(Path.of(toUri(place)))) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".sql"))
                            .forEach(names::add);
                }
            }
        }
        return names;
    }

    private static JarFile openJar(JarURLConnection connection) throws IOException {
        connection.setUseCaches(false);
        return connection.getJarFile();
    }

    private static URI toUri(URL place) throws IOException {
        try {
            return place.toURI();
        } catch (URISyntaxException e) {
            throw new IOException("the class path folder %s has no usable address".formatted(place), e);
        }
    }

    private static Script script(String folder, String name) throws IOException {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new IOException("%s/%s is not named V<yyyymmdd>_<nn>__<room>_<what>.sql".formatted(folder, name));
        }
        CRC32 room = new CRC32();
        room.update(folder.getBytes(StandardCharsets.UTF_8));
        String shown = "V%s_%d__%s".formatted(parts.group(1), room.getValue(), parts.group(2));
        try (InputStream stream = Migrations.class.getClassLoader().getResourceAsStream(folder + "/" + name)) {
            if (stream == null) {
                throw new IOException("%s/%s cannot be read".formatted(folder, name));
            }
            return new Script(folder + "/" + name, shown, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The files that were found, whatever prefix Flyway asks for. */
    private record Scripts(List<Script> scripts) implements ResourceProvider {
        /** Null, as Flyway wants it, for a file that is not there: it asks for a settings file beside each script. */
        @Override
        public @Nullable LoadableResource getResource(String name) {
            return scripts.stream()
                    .filter(script -> script.getRelativePath().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return scripts.stream()
                    .map(LoadableResource.class::cast)
                    .filter(script -> script.getFilename().startsWith(prefix))
                    .filter(script -> Stream.of(suffixes)
                            .anyMatch(suffix -> script.getFilename().endsWith(suffix)))
                    .toList();
        }
    }

    /** One file, in memory. */
    private static final class Script extends LoadableResource {
        private final String path;
        private final String shownName;
        private final String text;

        Script(String path, String shownName, String text) {
            this.path = path;
            this.shownName = shownName;
            this.text = text;
        }

        /** As Flyway writes it into its history: over the lines without their ends. */
        int checksum() {
            CRC32 sum = new CRC32();
            text.lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
            return (int) sum.getValue();
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return path;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return path;
        }

        @Override
        public String getFilename() {
            return shownName;
        }

        @Override
        public String getRelativePath() {
            return shownName;
        }
    }
}
