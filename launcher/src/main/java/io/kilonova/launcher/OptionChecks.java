package io.kilonova.launcher;

import io.kilonova.configuration.OptionType;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/** The checks of options whose text has a form of its own. */
final class OptionChecks {
    private static final Set<String> SSL_MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    private OptionChecks() {}

    /** The address of the cloud as its users see it. */
    static OptionType<String> publicUrl() {
        return OptionType.checkedText("URL, http or https", text -> {
            Optional<URI> url = url(text);
            boolean usable = url.isPresent()
                    && ("http".equals(url.get().getScheme())
                            || "https".equals(url.get().getScheme()))
                    && url.get().getHost() != null
                    && url.get().getUserInfo() == null
                    && url.get().getQuery() == null
                    && !text.endsWith("/");
            return usable
                    ? Optional.empty()
                    : Optional.of("a URL such as https://cloud.example.org is wanted, without a slash at its end");
        });
    }

    /** Where state is kept. A password within the address would be printed with it: that is what the password's file is for. */
    static OptionType<String> databaseUrl() {
        return OptionType.checkedText("sqlite:///FILE or postgresql://USER@HOST/DATABASE", text -> {
            if (text.startsWith("sqlite:///") && text.length() > "sqlite:///".length()) {
                return Optional.empty();
            }
            Optional<URI> url = text.startsWith("postgresql://") ? url(text) : Optional.empty();
            if (url.isEmpty() || url.get().getHost() == null) {
                return Optional.of(
                        "sqlite:///FILE or postgresql://USER@HOST:PORT/DATABASE is wanted; MySQL is not used");
            }
            String user = url.get().getUserInfo();
            if (user != null && user.indexOf(':') >= 0) {
                return Optional.of(
                        "a password must not stand in it; put it into a file and name that as [database] password_file");
            }
            return DatabaseSettings.parameters(url.get()).stream().allMatch(OptionChecks::isOfTls)
                    ? Optional.empty()
                    : Optional.of("behind the question mark only sslmode, sslrootcert, sslcert and sslkey are known,"
                            + " each with a value, and sslmode as PostgreSQL has it, such as verify-full");
        });
    }

    /** What is asked of the connection and not understood must not be dropped: whoever asks for TLS must not go without. */
    private static boolean isOfTls(String parameter) {
        int equals = parameter.indexOf('=');
        String value = parameter.substring(equals + 1);
        return switch (parameter.substring(0, Math.max(equals, 0))) {
            case "sslmode" -> SSL_MODES.contains(value);
            case "sslrootcert", "sslcert", "sslkey" -> !value.isEmpty();
            default -> false;
        };
    }

    private static Optional<URI> url(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException noUrl) {
            return Optional.empty();
        }
    }
}
