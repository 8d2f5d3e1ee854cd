package io.kilonova.identity;

import io.kilonova.http.Query;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/**
 * The tags of a project. They are kept as one text that begins, ends and separates with commas, which no tag may have, so
 * that a filter is a search for {@code ,tag,}.
 */
final class Tags {
    /** No tags. */
    static final String NONE = ",";

    private static final int MAXIMUM_CHARACTERS = 255;
    private static final int MAXIMUM_TAGS = 80;

    private Tags() {}

    /** The tags of a body. */
    static String read(JsonNode tags) {
        if (!tags.isArray()) {
            throw IdentityError.FIELD_INVALID.with("tags", "it is not an array of strings.");
        }
        TreeSet<String> all = new TreeSet<>();
        for (JsonNode tag : tags) {
            if (!tag.isString()) {
                throw IdentityError.FIELD_INVALID.with("tags", "it is not an array of strings.");
            }
            all.add(valid(tag.stringValue()));
        }
        return join(all);
    }

    /** Joins tags to what is stored. */
    static String join(Collection<String> tags) {
        if (tags.size() > MAXIMUM_TAGS) {
            throw IdentityError.REQUEST_INVALID.with("A project has at most %d tags.".formatted(MAXIMUM_TAGS));
        }
        return tags.isEmpty() ? NONE : "," + String.join(",", tags) + ",";
    }

    /** The tags in what is stored. */
    static List<String> list(String stored) {
        return Arrays.stream(stored.split(",")).filter(tag -> !tag.isEmpty()).toList();
    }

    /** Refuses what cannot be a tag. */
    static String valid(String tag) {
        if (tag.isBlank() || tag.length() > MAXIMUM_CHARACTERS || tag.indexOf(',') >= 0 || tag.indexOf('/') >= 0) {
            throw IdentityError.FIELD_INVALID.with(
                    "tags", "a tag has 1 to 255 characters, and neither a comma nor a slash.");
        }
        return tag;
    }

    /** The filters {@code tags}, {@code tags-any}, {@code not-tags} and {@code not-tags-any}. */
    static Condition narrow(Query query) {
        return all(query.last("tags"))
                .and(any(query.last("tags-any")))
                .and(query.has("not-tags") ? DSL.not(all(query.last("not-tags"))) : DSL.noCondition())
                .and(query.has("not-tags-any") ? DSL.not(any(query.last("not-tags-any"))) : DSL.noCondition());
    }

    private static Condition all(Optional<String> tags) {
        return tags.map(text -> DSL.and(list(text).stream().map(Tags::has).toList()))
                .orElse(DSL.noCondition());
    }

    private static Condition any(Optional<String> tags) {
        return tags.map(text -> DSL.or(list(text).stream().map(Tags::has).toList()))
                .orElse(DSL.noCondition());
    }

    private static Condition has(String tag) {
        return DSL.position(Columns.TAGS, "," + tag + ",").gt(0);
    }
}
