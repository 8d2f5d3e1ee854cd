package io.kilonova.images;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which images a list has, in which order, and how many.
 *
 * @param scope images of which visibility
 * @param membership which of the images that were shared with the asking project
 * @param criteria what must hold of each
 * @param order by what, most significant first; creation time, newest first, and id follow
 * @param limit how many at most, 0 to 1,000
 * @param marker the id of the last image of the page before
 */
public record ImageQuery(
        Scope scope,
        Optional<Membership> membership,
        List<Criterion> criteria,
        List<Order> order,
        int limit,
        Optional<String> marker) {
    /** The longest page. */
    public static final int MAXIMUM_LIMIT = 1000;

    /** Images of which visibility. */
    public sealed interface Scope {
        /** What a project works with: its own, public, and accepted ones; community images of others are left out. */
        record Usual() implements Scope {}

        /** The usual, and community images. */
        record All() implements Scope {}

        /** Those of one visibility. */
        record Only(ImageVisibility visibility) implements Scope {}
    }

    /** Which of the images that were shared with a project: the accepted ones unless said. */
    public sealed interface Membership {
        /** All of them. */
        record All() implements Membership {}

        /** Those of one status. */
        record Only(MemberStatus status) implements Membership {}
    }

    /** What a list can be ordered by. */
    public enum Key {
        NAME,
        STATUS,
        CONTAINER_FORMAT,
        DISK_FORMAT,
        SIZE,
        ID,
        CREATED_AT,
        UPDATED_AT
    }

    /** One key of an order. */
    public record Order(Key key, boolean ascending) {}

    /** How a value compares. */
    public enum Comparison {
        EQ,
        NEQ,
        LT,
        LTE,
        GT,
        GTE
    }

    /** An attribute that is text. */
    public enum TextAttribute {
        ID,
        NAME,
        OWNER,
        STATUS,
        DISK_FORMAT,
        CONTAINER_FORMAT,
        CHECKSUM,
        HASH
    }

    /** An attribute that is a number. */
    public enum NumberAttribute {
        SIZE,
        MINIMUM_DISK,
        MINIMUM_MEMORY
    }

    /** What must hold of an image. */
    public sealed interface Criterion {
        /** The attribute is one of these. */
        record OneOf(TextAttribute attribute, Set<String> values) implements Criterion {}

        /** The number compares so. */
        record Number(NumberAttribute attribute, Comparison comparison, long value) implements Criterion {}

        /** The time, {@link Key#CREATED_AT} or {@link Key#UPDATED_AT}, compares so. */
        record Time(Key attribute, Comparison comparison, Instant value) implements Criterion {}

        /** It is protected, or is not. */
        record Guarded(boolean value) implements Criterion {}

        /** It is hidden, or is not. */
        record Hidden(boolean value) implements Criterion {}

        /** It has the tag. */
        record Tagged(String tag) implements Criterion {}

        /** It has the property with this value. */
        record Property(String name, String value) implements Criterion {}
    }

    /** The newest images that are not hidden. */
    public static ImageQuery usual(int limit) {
        return new ImageQuery(
                new Scope.Usual(),
                Optional.empty(),
                List.of(new Criterion.Hidden(false)),
                List.of(),
                limit,
                Optional.empty());
    }
}
