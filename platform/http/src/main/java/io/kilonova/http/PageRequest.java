package io.kilonova.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which part of a list a caller asks for, and in which order: {@code limit}, {@code marker}, {@code offset}, {@code sort_key}
 * and {@code sort_dir} of a query, as Nova reads them. A list that pages by key turns {@link #sort} into keys of the
 * storage's keyset, with a unique one behind them.
 *
 * @param limit at most so many elements; 0 asks for none
 * @param marker the last element of the page before
 * @param offset elements to leave out, for the lists that have no marker
 * @param sort the order, most significant key first; empty for a list that has one order
 */
public record PageRequest(int limit, Optional<String> marker, int offset, List<Sort> sort) {
    private static final int LONGEST_NUMBER_CHARACTERS = 9;

    /**
     * One sort key.
     *
     * @param key the name that the API has for it
     * @param ascending the direction
     */
    public record Sort(String key, boolean ascending) {}

    /** The one page of a list that is told whole. */
    public static PageRequest whole() {
        return new PageRequest(Integer.MAX_VALUE, Optional.empty(), 0, List.of());
    }

    /**
     * Reads the page that a query asks for, of a list that has one order.
     *
     * @param maximumLimit what a page may hold at most, and holds unless asked otherwise ({@code [api] max_limit})
     * @throws io.kilonova.errors.ServiceException {@link HttpError#QUERY_INVALID} when a number is none
     */
    public static PageRequest of(Query query, int maximumLimit) {
        int limit = number(query, "limit")
                .map(asked -> Math.min(asked, maximumLimit))
                .orElse(maximumLimit);
        return new PageRequest(
                limit, query.last("marker"), number(query, "offset").orElse(0), List.of());
    }

    /**
     * Reads the page that a query asks for, and its order.
     *
     * @param maximumLimit what a page may hold at most, and holds unless asked otherwise ({@code [api] max_limit})
     * @param standard the key of callers who name none, and the direction of those who name none
     * @throws io.kilonova.errors.ServiceException {@link HttpError#QUERY_INVALID} when a number or a direction is none
     */
    public static PageRequest of(Query query, int maximumLimit, Sort standard) {
        PageRequest page = of(query, maximumLimit);
        List<Sort> sort = sort(query.all("sort_key"), query.all("sort_dir"), standard);
        return new PageRequest(page.limit(), page.marker(), page.offset(), sort);
    }

    /** Whether the page asks for {@code elements} of a list, and so another page may follow. */
    public boolean isFull(int elements) {
        return limit > 0 && elements >= limit;
    }

    private static Optional<Integer> number(Query query, String name) {
        Optional<String> text = query.last(name).map(String::strip);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String digits = text.get().startsWith("-") ? text.get().substring(1) : text.get();
        if (digits.isEmpty() || !digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw HttpError.QUERY_INVALID.with("Invalid input received: %s must be an integer".formatted(name));
        }
        if (text.get().startsWith("-")) {
            throw HttpError.QUERY_INVALID.with("Invalid input received: %s must be >= 0".formatted(name));
        }
        // What has more digits than an int is more than any list: the greatest int is as good.
        return Optional.of(digits.length() > LONGEST_NUMBER_CHARACTERS ? Integer.MAX_VALUE : Integer.parseInt(digits));
    }

    private static List<Sort> sort(List<String> given, List<String> directions, Sort standard) {
        if (directions.size() > given.size() && !given.isEmpty()) {
            throw HttpError.QUERY_INVALID.with("Invalid input received: Sort direction size exceeds sort key size");
        }
        List<String> keys = given.isEmpty() ? List.of(standard.key()) : given;
        boolean first = directions.isEmpty() ? standard.ascending() : ascending(directions.getFirst());
        List<Sort> sort = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            sort.add(new Sort(keys.get(i), i < directions.size() ? ascending(directions.get(i)) : first));
        }
        return List.copyOf(sort);
    }

    private static boolean ascending(String direction) {
        return switch (direction) {
            case "asc" -> true;
            case "desc" -> false;
            default ->
                throw HttpError.QUERY_INVALID.with(
                        "Invalid input received: Unknown sort direction, must be one of: asc, desc");
        };
    }
}
