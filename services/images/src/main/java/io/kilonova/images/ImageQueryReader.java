package io.kilonova.images;

import io.kilonova.http.Query;
import io.kilonova.images.ImageQuery.Comparison;
import io.kilonova.images.ImageQuery.Criterion;
import io.kilonova.images.ImageQuery.Key;
import io.kilonova.images.ImageQuery.Membership;
import io.kilonova.images.ImageQuery.NumberAttribute;
import io.kilonova.images.ImageQuery.Order;
import io.kilonova.images.ImageQuery.Scope;
import io.kilonova.images.ImageQuery.TextAttribute;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads what a list of images is asked for (Image API 2.0 to 2.16). */
final class ImageQueryReader {
    private static final int DEFAULT_LIMIT = 25;
    private static final int MAXIMUM_CRITERIA = 64;
    private static final int MAXIMUM_VALUES = 1000;

    private ImageQueryReader() {}

    /** The query of a request; the limit is what was asked for, within bounds. */
    static ImageQuery read(Query query) {
        List<Criterion> criteria = new ArrayList<>();
        for (String name : query.names()) {
            for (String value : query.all(name)) {
                criterion(name, value).ifPresent(criteria::add);
            }
        }
        if (criteria.stream().noneMatch(Criterion.Hidden.class::isInstance)) {
            criteria.add(new Criterion.Hidden(false));
        }
        if (criteria.size() > MAXIMUM_CRITERIA) {
            throw invalid("The query has more than %d filters.".formatted(MAXIMUM_CRITERIA));
        }
        return new ImageQuery(
                scope(query), membership(query), criteria, order(query), limit(query), query.last("marker"));
    }

    private static Optional<Criterion> criterion(String name, String value) {
        return switch (name) {
            case "limit", "marker", "sort", "sort_key", "sort_dir", "visibility", "member_status" -> Optional.empty();
            case "id" -> Optional.of(oneOf(TextAttribute.ID, value));
            case "name" -> Optional.of(oneOf(TextAttribute.NAME, value));
            case "status" -> Optional.of(oneOf(TextAttribute.STATUS, value));
            case "disk_format" -> Optional.of(oneOf(TextAttribute.DISK_FORMAT, value));
            case "container_format" -> Optional.of(oneOf(TextAttribute.CONTAINER_FORMAT, value));
            case "owner" -> Optional.of(new Criterion.OneOf(TextAttribute.OWNER, Set.of(storable(value))));
            case "checksum" -> Optional.of(new Criterion.OneOf(TextAttribute.CHECKSUM, Set.of(storable(value))));
            case "os_hash_value" -> Optional.of(new Criterion.OneOf(TextAttribute.HASH, Set.of(storable(value))));
            // Every image has this one algorithm.
            case "os_hash_algo" ->
                value.equals("sha512")
                        ? Optional.empty()
                        : Optional.of(new Criterion.OneOf(TextAttribute.HASH, Set.of("")));
            case "size_min" -> Optional.of(number(NumberAttribute.SIZE, Comparison.GTE, name, value));
            case "size_max" -> Optional.of(number(NumberAttribute.SIZE, Comparison.LTE, name, value));
            case "size" -> Optional.of(number(NumberAttribute.SIZE, Comparison.EQ, name, value));
            case "min_disk" -> Optional.of(number(NumberAttribute.MINIMUM_DISK, Comparison.EQ, name, value));
            case "min_ram" -> Optional.of(number(NumberAttribute.MINIMUM_MEMORY, Comparison.EQ, name, value));
            case "created_at" -> Optional.of(time(Key.CREATED_AT, value));
            case "updated_at" -> Optional.of(time(Key.UPDATED_AT, value));
            case "protected" -> Optional.of(new Criterion.Guarded(flag(name, value)));
            case "os_hidden" -> Optional.of(new Criterion.Hidden(flag(name, value)));
            case "tag" -> Optional.of(new Criterion.Tagged(storable(value)));
            default -> Optional.of(new Criterion.Property(storable(name), storable(value)));
        };
    }

    private static Criterion oneOf(TextAttribute attribute, String value) {
        if (value.startsWith("in:")) {
            return new Criterion.OneOf(attribute, values(value.substring("in:".length())));
        }
        return new Criterion.OneOf(
                attribute, Set.of(storable(value.startsWith("eq:") ? value.substring("eq:".length()) : value)));
    }

    /** Values between commas; one in double quotes may have commas itself, and a backslash takes the next character as it is. */
    private static Set<String> values(String text) {
        Set<String> values = new LinkedHashSet<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '\\' && quoted && i + 1 < text.length()) {
                value.append(text.charAt(++i));
            } else if (character == '"') {
                quoted = !quoted;
            } else if (character == ',' && !quoted) {
                values.add(storable(value.toString()));
                value.setLength(0);
            } else {
                value.append(character);
            }
        }
        if (quoted) {
            throw invalid("A quotation mark in the query is never closed.");
        }
        values.add(storable(value.toString()));
        if (values.size() > MAXIMUM_VALUES) {
            throw invalid("The query has more than %d values in one filter.".formatted(MAXIMUM_VALUES));
        }
        return values;
    }

    private static String storable(String text) {
        if (text.indexOf('\0') >= 0) {
            throw invalid("The query has the character U+0000.");
        }
        return text;
    }

    private static Criterion number(NumberAttribute attribute, Comparison comparison, String name, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return new Criterion.Number(attribute, comparison, number);
            }
        } catch (NumberFormatException exception) {
            throw invalid("%s must be a whole number.".formatted(name));
        }
        throw invalid("%s must not be negative.".formatted(name));
    }

    private static boolean flag(String name, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on", "t", "y" -> true;
            case "false", "0", "no", "off", "f", "n" -> false;
            default -> throw invalid("%s must be true or false.".formatted(name));
        };
    }

    private static Criterion time(Key attribute, String value) {
        int colon = value.indexOf(':');
        if (colon > 0) {
            Optional<Comparison> comparison = comparison(value.substring(0, colon));
            if (comparison.isPresent()) {
                return new Criterion.Time(attribute, comparison.get(), instant(value.substring(colon + 1)));
            }
        }
        return new Criterion.Time(attribute, Comparison.EQ, instant(value));
    }

    private static Optional<Comparison> comparison(String name) {
        return switch (name) {
            case "eq" -> Optional.of(Comparison.EQ);
            case "neq" -> Optional.of(Comparison.NEQ);
            case "lt" -> Optional.of(Comparison.LT);
            case "lte" -> Optional.of(Comparison.LTE);
            case "gt" -> Optional.of(Comparison.GT);
            case "gte" -> Optional.of(Comparison.GTE);
            default -> Optional.empty();
        };
    }

    private static Instant instant(String text) {
        // A plus sign that was not encoded has become a space.
        String time = text.replace(' ', '+');
        try {
            boolean zoned = time.endsWith("Z") || time.indexOf('+') > 0 || time.lastIndexOf('-') > time.indexOf('T');
            Instant instant = zoned && time.indexOf('T') > 0
                    ? OffsetDateTime.parse(time).toInstant()
                    : LocalDateTime.parse(time.indexOf('T') > 0 ? time : time + "T00:00:00")
                            .toInstant(ZoneOffset.UTC);
            if (instant.getEpochSecond() < -62_135_596_800L || instant.getEpochSecond() > 253_402_300_799L) {
                throw invalid("A time in the query lies too far away.");
            }
            return instant;
        } catch (DateTimeParseException exception) {
            throw invalid(
                    "A time in the query must be like 2026-11-01T12:00:00Z, with lt:, lte:, gt:, gte:, eq: or neq: before it.");
        }
    }

    private static Scope scope(Query query) {
        Optional<String> asked = query.last("visibility");
        if (asked.isEmpty()) {
            return new Scope.Usual();
        }
        if (asked.get().equals("all")) {
            return new Scope.All();
        }
        return new Scope.Only(ImageVisibility.of(asked.get())
                .orElseThrow(() -> invalid("visibility must be public, private, shared, community or all.")));
    }

    private static Optional<Membership> membership(Query query) {
        return query.last("member_status")
                .map(status -> status.equals("all")
                        ? new Membership.All()
                        : new Membership.Only(MemberStatus.of(status)
                                .orElseThrow(
                                        () -> invalid("member_status must be accepted, pending, rejected or all."))));
    }

    private static List<Order> order(Query query) {
        List<Order> order = new ArrayList<>();
        Optional<String> sort = query.last("sort");
        List<String> keys = query.all("sort_key");
        List<String> directions = query.all("sort_dir");
        if (sort.isPresent()) {
            if (!keys.isEmpty() || !directions.isEmpty()) {
                throw invalid("sort cannot stand beside sort_key and sort_dir.");
            }
            for (String part : sort.get().split(",", 16)) {
                int colon = part.indexOf(':');
                order.add(new Order(
                        key(colon < 0 ? part : part.substring(0, colon)),
                        colon >= 0 && ascending(part.substring(colon + 1))));
            }
            return order;
        }
        if (directions.size() > 1 && directions.size() != keys.size()) {
            throw invalid("There must be one sort_dir, or one for each sort_key.");
        }
        for (int i = 0; i < keys.size(); i++) {
            boolean ascending = !directions.isEmpty()
                    && ascending(directions.size() == 1 ? directions.getFirst() : directions.get(i));
            order.add(new Order(key(keys.get(i)), ascending));
        }
        if (keys.isEmpty() && !directions.isEmpty()) {
            order.add(new Order(Key.CREATED_AT, ascending(directions.getFirst())));
        }
        return order;
    }

    private static Key key(String name) {
        for (Key key : Key.values()) {
            if (key.name().toLowerCase(Locale.ROOT).equals(name.strip())) {
                return key;
            }
        }
        throw invalid(
                "The sort key must be name, status, container_format, disk_format, size, id, created_at or updated_at.");
    }

    private static boolean ascending(String direction) {
        return switch (direction) {
            case "asc" -> true;
            case "desc" -> false;
            default -> throw invalid("The sort direction must be asc or desc.");
        };
    }

    private static int limit(Query query) {
        Optional<String> asked = query.last("limit");
        if (asked.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        try {
            int limit = (int) Math.min(Long.parseLong(asked.get()), ImageQuery.MAXIMUM_LIMIT);
            if (limit >= 0) {
                return limit;
            }
        } catch (NumberFormatException exception) {
            throw invalid("limit must be a whole number.");
        }
        throw invalid("limit must not be negative.");
    }

    private static RuntimeException invalid(String sentence) {
        return ImageError.QUERY_INVALID.with(sentence);
    }
}
