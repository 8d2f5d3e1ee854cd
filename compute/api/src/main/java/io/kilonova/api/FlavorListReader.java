package io.kilonova.api;

import io.kilonova.access.Caller;
import io.kilonova.http.HttpError;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.servers.FlavorQuery;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads which flavors a list shall show. Only administrators look among private ones that they were not given. */
final class FlavorListReader {
    private static final Set<String> TRUE = Set.of("1", "t", "true", "on", "y", "yes");
    private static final Set<String> FALSE = Set.of("0", "f", "false", "off", "n", "no");

    private static final PageRequest.Sort BY_ID = new PageRequest.Sort("flavorid", true);

    private final int maximumLimit;

    FlavorListReader(int maximumLimit) {
        this.maximumLimit = maximumLimit;
    }

    /** The page that the query asks for. */
    PageRequest page(Request request) {
        return PageRequest.of(request.query(), maximumLimit, BY_ID);
    }

    FlavorQuery read(Request request, PageRequest page) {
        Query query = request.query();
        Caller caller = request.caller();
        boolean admin = caller.isAdmin();
        return new FlavorQuery(
                caller.projectId(),
                admin ? isPublic(query.last("is_public")) : Optional.of(true),
                admin ? Optional.empty() : Optional.of(false),
                amount("minRam", query.last("minRam")),
                amount("minDisk", query.last("minDisk")),
                query.last("name"),
                page.sort().stream()
                        .map(sort -> new FlavorQuery.Sort(sort.key(), sort.ascending()))
                        .toList(),
                page.limit(),
                page.marker());
    }

    /** Without the parameter public ones; {@code none} for both kinds. */
    private static Optional<Boolean> isPublic(Optional<String> given) {
        if (given.isEmpty()) {
            return Optional.of(true);
        }
        String word = given.get().strip().toLowerCase(Locale.ROOT);
        if (word.equals("none")) {
            return Optional.empty();
        }
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            throw HttpError.QUERY_INVALID.with("Invalid is_public filter [%s]".formatted(given.get()));
        }
        return Optional.of(TRUE.contains(word));
    }

    private static long amount(String name, Optional<String> given) {
        try {
            return given.map(String::strip).map(Long::parseLong).orElse(0L);
        } catch (NumberFormatException exception) {
            throw HttpError.QUERY_INVALID.because(
                    exception, "Invalid %s filter [%s]".formatted(name, given.orElse("")));
        }
    }
}
