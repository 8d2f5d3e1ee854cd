package io.kilonova.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;

/** Which version of the program this is. */
final class Version implements CommandLine.IVersionProvider {
    /** The version as the build recorded it, such as {@code 0.1.0}. */
    static String text() throws IOException {
        Properties properties = new Properties();
        try (InputStream stream = Version.class.getResourceAsStream("version.properties")) {
            if (stream == null) {
                throw new IOException("version.properties is missing from the class path");
            }
            properties.load(stream);
        }
        return properties.getProperty("version", "unknown");
    }

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"kilonova " + text(), "Java " + Runtime.version()};
    }
}
