package io.kilonova.placement;

import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** The tables of this room, by name; {@code db/placement} makes them. */
final class PlacementTables {
    static final Table<Record> PROVIDERS = DSL.table(DSL.name("placement_resource_providers"));
    static final Table<Record> INVENTORIES = DSL.table(DSL.name("placement_inventories"));
    static final Table<Record> CONSUMERS = DSL.table(DSL.name("placement_consumers"));
    static final Table<Record> ALLOCATIONS = DSL.table(DSL.name("placement_allocations"));
    static final Table<Record> PROVIDER_TRAITS = DSL.table(DSL.name("placement_provider_traits"));
    static final Table<Record> PROVIDER_AGGREGATES = DSL.table(DSL.name("placement_provider_aggregates"));
    static final Table<Record> CUSTOM_CLASSES = DSL.table(DSL.name("placement_resource_classes"));
    static final Table<Record> CUSTOM_TRAITS = DSL.table(DSL.name("placement_traits"));

    static final Field<String> UUID = text("uuid");
    static final Field<String> NAME = text("name");
    static final Field<Long> GENERATION = number("generation");
    static final Field<String> ROOT_UUID = text("root_uuid");
    static final Field<String> PARENT_UUID = text("parent_uuid");
    static final Field<Long> CREATED_AT = number("created_at");
    static final Field<Long> UPDATED_AT = number("updated_at");

    static final Field<String> PROVIDER_UUID = text("provider_uuid");
    static final Field<String> RESOURCE_CLASS = text("resource_class");
    static final Field<Long> TOTAL = number("total");
    static final Field<Long> RESERVED = number("reserved");
    static final Field<Long> MIN_UNIT = number("min_unit");
    static final Field<Long> MAX_UNIT = number("max_unit");
    static final Field<Long> STEP_SIZE = number("step_size");
    static final Field<Double> ALLOCATION_RATIO = DSL.field(DSL.name("allocation_ratio"), Double.class);
    static final Field<Long> USED = number("used");

    static final Field<String> CONSUMER_UUID = text("consumer_uuid");
    static final Field<String> PROJECT_ID = text("project_id");
    static final Field<String> USER_ID = text("user_id");
    static final Field<String> CONSUMER_TYPE = text("consumer_type");
    static final Field<Long> AMOUNT = number("amount");

    static final Field<String> TRAIT = text("trait");
    static final Field<Boolean> REPORTED = DSL.field(DSL.name("reported"), Boolean.class);
    static final Field<String> AGGREGATE_UUID = text("aggregate_uuid");

    private PlacementTables() {}

    private static Field<String> text(String name) {
        return DSL.field(DSL.name(name), String.class);
    }

    private static Field<Long> number(String name) {
        return DSL.field(DSL.name(name), Long.class);
    }
}
