package io.kilonova.identity;

import io.kilonova.http.Query;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Reads the filters of lists: {@code name=x}, {@code enabled=true}, {@code name__icontains=x}. */
final class ResourceFilters {
    private static final List<String> FALSE_WORDS = List.of("0", "false", "no", "off");

    private ResourceFilters() {}

    /** The condition that a query asks for. Parameters that filter nothing are ignored, as Keystone does. */
    static Condition of(ResourceKind kind, Query query) {
        Condition condition = DSL.noCondition();
        for (String parameter : query.names()) {
            int split = parameter.indexOf("__");
            String name = split < 0 ? parameter : parameter.substring(0, split);
            Optional<Attribute> attribute = kind.attribute(name).filter(known -> known.filtered() && !known.hidden());
            String value = query.last(parameter).orElse("");
            if (attribute.isPresent()) {
                condition = condition.and(
                        split < 0
                                ? equal(attribute.get(), value)
                                : compare(attribute.get(), parameter.substring(split + 2), value));
            }
        }
        return condition;
    }

    /** Those whose text attribute is exactly this. */
    static Condition equal(ResourceKind kind, String name, String value) {
        return equal(kind.attribute(name).orElseThrow(), value);
    }

    /** Those that belong to a domain; kinds that belong to none are all shown. */
    static Condition ofDomain(ResourceKind kind, String domain) {
        if (kind == ResourceKind.DOMAIN) {
            return ResourceKind.ID.eq(domain);
        }
        boolean owned = kind == ResourceKind.PROJECT || kind == ResourceKind.USER || kind == ResourceKind.GROUP;
        return owned ? equal(kind, "domain_id", domain) : DSL.noCondition();
    }

    private static Condition equal(Attribute attribute, String value) {
        return attribute.flag()
                ? attribute.flagColumn().eq(!FALSE_WORDS.contains(value.toLowerCase(Locale.ROOT)))
                : attribute.textColumn().eq(value.equals("null") && attribute.nullable() ? "" : value);
    }

    private static Condition compare(Attribute attribute, String comparator, String value) {
        if (attribute.flag()) {
            return DSL.noCondition();
        }
        Field<String> column = attribute.textColumn();
        Field<String> lower = DSL.lower(column);
        String lowered = value.toLowerCase(Locale.ROOT);
        return switch (comparator) {
            case "contains" -> DSL.position(column, value).gt(0);
            case "icontains" -> DSL.position(lower, lowered).gt(0);
            case "startswith" -> DSL.position(column, value).eq(1);
            case "istartswith" -> DSL.position(lower, lowered).eq(1);
            case "endswith" -> DSL.right(column, value.length()).eq(value);
            case "iendswith" -> DSL.right(lower, value.length()).eq(lowered);
            case "iexact" -> lower.eq(lowered);
            default -> DSL.noCondition();
        };
    }
}
