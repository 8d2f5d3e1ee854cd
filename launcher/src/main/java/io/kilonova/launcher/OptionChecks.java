package io.kilonova.launcher;

import io.kilonova.configuration.OptionType;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** The checks of options whose text has a form of its own. */
final class OptionChecks {
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
            return user != null && user.indexOf(':') >= 0
                    ? Optional.of(
                            "a password must not stand in it; put it into a file and name that as [database] password_file")
                    : Optional.empty();
        });
    }

    private static Optional<URI> url(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException noUrl) {
            return Optional.empty();
        }
    }
}
