package io.kilonova.images;

import static io.kilonova.images.ImageTables.*;

import io.kilonova.access.Visibility;
import io.kilonova.images.ImageQuery.Comparison;
import io.kilonova.images.ImageQuery.Criterion;
import io.kilonova.images.ImageQuery.Key;
import io.kilonova.images.ImageQuery.Membership;
import io.kilonova.images.ImageQuery.NumberAttribute;
import io.kilonova.images.ImageQuery.Order;
import io.kilonova.images.ImageQuery.Scope;
import io.kilonova.images.ImageQuery.TextAttribute;
import io.kilonova.storage.Keyset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.impl.DSL;

/**
 * Pages of images. A project's list is put together of branches that do not overlap (its own, public, shared, community),
 * each read from its own index and each no longer than the page, so that a page costs the same however many images other
 * projects have.
 */
final class ImageListing {
    private ImageListing() {}

    /** A page; an unknown marker is refused. */
    static List<Image> page(DSLContext sql, Visibility visibility, ImageQuery query) {
        Keyset keyset = keyset(query.order());
        Condition condition =
                DSL.and(query.criteria().stream().map(ImageListing::condition).toList());
        if (query.marker().isPresent()) {
            condition = condition.and(
                    keyset.after(marker(sql, visibility, query.marker().get())));
        }
        List<Select<Record>> branches = new ArrayList<>();
        for (Condition branch : branches(visibility, query)) {
            branches.add(DSL.select()
                    .from(DSL.select(ImageRows.COLUMNS)
                            .from(IMAGES)
                            .where(branch)
                            .and(condition)
                            .orderBy(keyset.order())
                            .limit(query.limit())
                            .asTable("branch_" + branches.size())));
        }
        Select<Record> together = branches.stream().reduce(Select::unionAll).orElseThrow();
        // The union takes the table's name, so that the same fields order both.
        List<Record> rows = sql.select(ImageRows.COLUMNS)
                .from(together.asTable("images"))
                .orderBy(keyset.order())
                .limit(query.limit())
                .fetch(row -> row);
        return ImageRows.read(sql, rows).stream().map(ImageRows.Stored::image).toList();
    }

    private static Record marker(DSLContext sql, Visibility visibility, String id) {
        return sql.select(ImageRows.COLUMNS)
                .from(IMAGES)
                .where(ID.eq(ImageIds.isPossible(id) ? id : ""))
                .and(ImageRows.visibleTo(visibility))
                .fetchOptional(row -> row)
                .orElseThrow(() -> ImageError.MARKER_UNKNOWN.with(ImageIds.shown(id)));
    }

    private static Keyset keyset(List<Order> order) {
        Map<Key, Boolean> keys = new LinkedHashMap<>();
        order.forEach(each -> keys.putIfAbsent(each.key(), each.ascending()));
        keys.putIfAbsent(Key.CREATED_AT, false);
        keys.putIfAbsent(Key.ID, false);
        List<Keyset.Key> fields = new ArrayList<>();
        for (Map.Entry<Key, Boolean> key : keys.entrySet()) {
            fields.add(
                    switch (key.getKey()) {
                        case NAME -> Keyset.Key.nullable(NAME, key.getValue());
                        case STATUS -> Keyset.Key.of(STATUS, key.getValue());
                        case CONTAINER_FORMAT -> Keyset.Key.nullable(CONTAINER_FORMAT, key.getValue());
                        case DISK_FORMAT -> Keyset.Key.nullable(DISK_FORMAT, key.getValue());
                        case SIZE -> Keyset.Key.nullable(SIZE, key.getValue());
                        case ID -> Keyset.Key.of(ID, key.getValue());
                        case CREATED_AT -> Keyset.Key.of(CREATED_AT, key.getValue());
                        case UPDATED_AT -> Keyset.Key.of(UPDATED_AT, key.getValue());
                    });
            if (key.getKey() == Key.ID) {
                // Nothing behind a unique key changes the order.
                break;
            }
        }
        return Keyset.of(fields);
    }

    private static List<Condition> branches(Visibility visibility, ImageQuery query) {
        if (visibility.projectId().isEmpty()) {
            return List.of(scoped(query.scope()));
        }
        String project = visibility.projectId().get();
        List<Condition> branches = new ArrayList<>();
        branches.add(OWNER.eq(project).and(scoped(query.scope())));
        for (ImageVisibility each : ImageVisibility.values()) {
            boolean wanted = switch (query.scope()) {
                case Scope.Usual() -> each != ImageVisibility.COMMUNITY;
                case Scope.All() -> true;
                case Scope.Only(ImageVisibility only) -> each == only;
            };
            if (wanted) {
                others(each, project, query.membership()).ifPresent(branches::add);
            }
        }
        return branches;
    }

    /** Images of other projects, by the way in which they are seen. */
    private static Optional<Condition> others(
            ImageVisibility visibility, String project, Optional<Membership> membership) {
        Condition others = VISIBILITY.eq(visibility.label()).and(OWNER.ne(project));
        return switch (visibility) {
            case PRIVATE -> Optional.empty();
            case PUBLIC, COMMUNITY -> Optional.of(others);
            case SHARED ->
                Optional.of(others.and(ID.in(DSL.select(MEMBER_IMAGE)
                        .from(MEMBERS)
                        .where(MEMBER.eq(project))
                        .and(membership(membership.orElse(new Membership.Only(MemberStatus.ACCEPTED)))))));
        };
    }

    private static Condition membership(Membership membership) {
        return switch (membership) {
            case Membership.All() -> DSL.trueCondition();
            case Membership.Only(MemberStatus status) -> MEMBER_STATUS.eq(status.label());
        };
    }

    private static Condition scoped(Scope scope) {
        return switch (scope) {
            case Scope.Usual() -> DSL.trueCondition();
            case Scope.All() -> DSL.trueCondition();
            case Scope.Only(ImageVisibility visibility) -> VISIBILITY.eq(visibility.label());
        };
    }

    private static Condition condition(Criterion criterion) {
        return switch (criterion) {
            case Criterion.OneOf(TextAttribute attribute, Set<String> values) ->
                text(attribute).in(values);
            case Criterion.Number(NumberAttribute attribute, Comparison comparison, long value) ->
                compare(number(attribute), comparison, value);
            case Criterion.Time(Key attribute, Comparison comparison, Instant value) ->
                compare(attribute == Key.UPDATED_AT ? UPDATED_AT : CREATED_AT, comparison, value.toEpochMilli());
            case Criterion.Guarded(boolean value) -> GUARDED.eq(value);
            case Criterion.Hidden(boolean value) -> HIDDEN.eq(value);
            case Criterion.Tagged(String tag) ->
                ID.in(DSL.select(TAG_IMAGE).from(TAGS).where(TAG.eq(tag)));
            case Criterion.Property(String name, String value) ->
                DSL.exists(DSL.selectOne()
                        .from(PROPERTIES)
                        .where(PROPERTY_IMAGE.eq(ID))
                        .and(PROPERTY_NAME.eq(name))
                        .and(PROPERTY_VALUE.eq(value)));
        };
    }

    private static Field<String> text(TextAttribute attribute) {
        return switch (attribute) {
            case ID -> ID;
            case NAME -> NAME;
            case OWNER -> OWNER;
            case STATUS -> STATUS;
            case DISK_FORMAT -> DISK_FORMAT;
            case CONTAINER_FORMAT -> CONTAINER_FORMAT;
            case CHECKSUM -> MD5;
            case HASH -> SHA512;
        };
    }

    private static Field<Long> number(NumberAttribute attribute) {
        return switch (attribute) {
            case SIZE -> SIZE;
            case MINIMUM_DISK -> MINIMUM_DISK;
            case MINIMUM_MEMORY -> MINIMUM_MEMORY;
        };
    }

    /** Times are told in whole seconds, so that a time that was read from an image finds it: the second counts whole. */
    private static Condition compare(Field<Long> field, Comparison comparison, long value) {
        boolean time = field == CREATED_AT || field == UPDATED_AT;
        long last = time ? value + 999 : value;
        return switch (comparison) {
            case EQ -> field.between(value, last);
            case NEQ -> field.notBetween(value, last);
            case LT -> field.lt(value);
            case LTE -> field.le(last);
            case GT -> field.gt(last);
            case GTE -> field.ge(value);
        };
    }
}
