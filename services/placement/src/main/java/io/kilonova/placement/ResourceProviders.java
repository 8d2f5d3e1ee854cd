package io.kilonova.placement;

import static io.kilonova.placement.PlacementTables.AGGREGATE_UUID;
import static io.kilonova.placement.PlacementTables.CREATED_AT;
import static io.kilonova.placement.PlacementTables.GENERATION;
import static io.kilonova.placement.PlacementTables.INVENTORIES;
import static io.kilonova.placement.PlacementTables.NAME;
import static io.kilonova.placement.PlacementTables.PARENT_UUID;
import static io.kilonova.placement.PlacementTables.PROVIDERS;
import static io.kilonova.placement.PlacementTables.PROVIDER_AGGREGATES;
import static io.kilonova.placement.PlacementTables.PROVIDER_TRAITS;
import static io.kilonova.placement.PlacementTables.PROVIDER_UUID;
import static io.kilonova.placement.PlacementTables.REPORTED;
import static io.kilonova.placement.PlacementTables.RESOURCE_CLASS;
import static io.kilonova.placement.PlacementTables.ROOT_UUID;
import static io.kilonova.placement.PlacementTables.TRAIT;
import static io.kilonova.placement.PlacementTables.UPDATED_AT;
import static io.kilonova.placement.PlacementTables.USED;
import static io.kilonova.placement.PlacementTables.UUID;

import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Resource providers with their trees, traits and aggregates. Every change is one step of the provider's generation. */
public final class ResourceProviders {
    private static final FixedStatement GENERATION_OF =
            FixedStatement.of(sql -> sql.select(GENERATION).from(PROVIDERS).where(UUID.eq("")));

    private final Clock clock;

    /** Providers whose changes bear this clock's time. */
    public ResourceProviders(Clock clock) {
        this.clock = clock;
    }

    /** The provider of that id. */
    public Optional<ResourceProvider> find(DSLContext sql, String uuid) {
        return sql.select().from(PROVIDERS).where(UUID.eq(uuid)).fetchOptional().map(ResourceProviders::read);
    }

    /** The generation of a provider that is there: what is asked of each host that reports. */
    public Optional<Long> generation(DSLContext sql, String uuid) {
        return GENERATION_OF.fetchOptional(sql, uuid).map(row -> row.get(GENERATION));
    }

    /** The provider of that id, or {@link PlacementError#RESOURCE_PROVIDER_NOT_FOUND}. */
    public ResourceProvider get(DSLContext sql, String uuid) {
        return find(sql, uuid).orElseThrow(() -> PlacementError.RESOURCE_PROVIDER_NOT_FOUND.with(uuid));
    }

    /** Providers that meet a condition on the providers' table, by id. */
    List<ResourceProvider> list(DSLContext sql, Condition condition) {
        return sql.select().from(PROVIDERS).where(condition).orderBy(UUID).fetch(ResourceProviders::read);
    }

    /** Every provider with its inventories, traits and aggregates: four statements, whatever their number. */
    public List<ProviderSnapshot> snapshots(DSLContext sql) {
        return snapshots(sql, DSL.noCondition());
    }

    /** The same of one, or {@link PlacementError#RESOURCE_PROVIDER_NOT_FOUND}. */
    public ProviderSnapshot snapshot(DSLContext sql, String uuid) {
        return snapshots(sql, UUID.eq(uuid)).stream()
                .findFirst()
                .orElseThrow(() -> PlacementError.RESOURCE_PROVIDER_NOT_FOUND.with(uuid));
    }

    List<ProviderSnapshot> snapshots(DSLContext sql, Condition condition) {
        List<ResourceProvider> providers = list(sql, condition);
        Condition chosen = PROVIDER_UUID.in(DSL.select(UUID).from(PROVIDERS).where(condition));
        Map<String, Map<String, InventoryUsage>> inventories = new HashMap<>();
        sql.select()
                .from(INVENTORIES)
                .where(chosen)
                .forEach(row -> inventories
                        .computeIfAbsent(row.get(PROVIDER_UUID), uuid -> new TreeMap<>())
                        .put(row.get(RESOURCE_CLASS), Inventories.read(row)));
        Map<String, Set<String>> traits = names(sql, PROVIDER_TRAITS, TRAIT, chosen);
        Map<String, Set<String>> aggregates = names(sql, PROVIDER_AGGREGATES, AGGREGATE_UUID, chosen);
        List<ProviderSnapshot> snapshots = new ArrayList<>(providers.size());
        for (ResourceProvider provider : providers) {
            snapshots.add(new ProviderSnapshot(
                    provider,
                    inventories.getOrDefault(provider.uuid(), Map.of()),
                    traits.getOrDefault(provider.uuid(), Set.of()),
                    aggregates.getOrDefault(provider.uuid(), Set.of())));
        }
        return snapshots;
    }

    /**
     * Makes a provider.
     *
     * @throws io.kilonova.errors.ServiceException with {@link PlacementError#DUPLICATE_NAME} or
     *     {@link PlacementError#PARENT_INVALID}
     */
    public ResourceProvider create(Transaction transaction, String uuid, String name, Optional<String> parentUuid) {
        DSLContext sql = transaction.sql();
        String root =
                parentUuid.map(parent -> parent(sql, uuid, parent).rootUuid()).orElse(uuid);
        int inserted = sql.insertInto(PROVIDERS)
                .columns(UUID, NAME, GENERATION, ROOT_UUID, PARENT_UUID, CREATED_AT, UPDATED_AT)
                .values(uuid, name, 0L, root, parentUuid.orElse(null), clock.millis(), clock.millis())
                .onConflictDoNothing()
                .execute();
        if (inserted == 0) {
            throw PlacementError.DUPLICATE_NAME.with(name);
        }
        return get(sql, uuid);
    }

    /** Gives a provider another name. */
    public void rename(Transaction transaction, String uuid, String name) {
        DSLContext sql = transaction.sql();
        if (sql.fetchExists(PROVIDERS, NAME.eq(name).and(UUID.ne(uuid)))) {
            throw PlacementError.DUPLICATE_NAME.with(name);
        }
        sql.update(PROVIDERS)
                .set(NAME, name)
                .set(UPDATED_AT, clock.millis())
                .where(UUID.eq(uuid))
                .execute();
    }

    /** Puts a provider, with all below it, under another parent, or makes it a root. */
    public void moveUnder(Transaction transaction, String uuid, Optional<String> parentUuid) {
        DSLContext sql = transaction.sql();
        ResourceProvider moved = get(sql, uuid);
        Set<String> subtree = subtree(sql, moved);
        if (parentUuid.filter(subtree::contains).isPresent()) {
            throw PlacementError.PARENT_INVALID.with(uuid, "its parent would be itself or a part of it.");
        }
        String root =
                parentUuid.map(parent -> parent(sql, uuid, parent).rootUuid()).orElse(uuid);
        sql.update(PROVIDERS).set(ROOT_UUID, root).where(UUID.in(subtree)).execute();
        sql.update(PROVIDERS)
                .set(PARENT_UUID, parentUuid.orElse(null))
                .set(UPDATED_AT, clock.millis())
                .where(UUID.eq(uuid))
                .execute();
    }

    /** Removes a provider that nobody has anything of and that has no parts, with its inventories, traits and aggregates. */
    public void delete(Transaction transaction, String uuid) {
        DSLContext sql = transaction.sql();
        get(sql, uuid);
        if (sql.fetchExists(PROVIDERS, PARENT_UUID.eq(uuid))) {
            throw PlacementError.CANNOT_DELETE_PARENT.with(uuid);
        }
        if (sql.fetchExists(INVENTORIES, PROVIDER_UUID.eq(uuid).and(USED.gt(0L)))) {
            throw PlacementError.RESOURCE_PROVIDER_IN_USE.with(uuid);
        }
        for (Table<Record> table : List.of(INVENTORIES, PROVIDER_TRAITS, PROVIDER_AGGREGATES)) {
            sql.deleteFrom(table).where(PROVIDER_UUID.eq(uuid)).execute();
        }
        sql.deleteFrom(PROVIDERS).where(UUID.eq(uuid)).execute();
    }

    /** What a provider can do. */
    public Set<String> traits(DSLContext sql, String uuid) {
        return new TreeSet<>(sql.select(TRAIT)
                .from(PROVIDER_TRAITS)
                .where(PROVIDER_UUID.eq(uuid))
                .fetch(TRAIT));
    }

    /** Replaces all traits of a provider; those that stay keep whether a node reported them. */
    public void setTraits(Transaction transaction, String uuid, long generation, Set<String> wanted) {
        DSLContext sql = transaction.sql();
        advance(sql, uuid, generation);
        Set<String> before = traits(sql, uuid);
        sql.deleteFrom(PROVIDER_TRAITS)
                .where(PROVIDER_UUID.eq(uuid), TRAIT.notIn(wanted))
                .execute();
        wanted.stream().filter(trait -> !before.contains(trait)).forEach(trait -> addTrait(sql, uuid, trait, false));
    }

    /** Makes the reported traits what a node says; true when something changed. */
    boolean reportTraits(DSLContext sql, String uuid, Set<String> reported) {
        Set<String> all = traits(sql, uuid);
        int removed = sql.deleteFrom(PROVIDER_TRAITS)
                .where(PROVIDER_UUID.eq(uuid), REPORTED.isTrue(), TRAIT.notIn(reported))
                .execute();
        List<String> added =
                reported.stream().filter(trait -> !all.contains(trait)).sorted().toList();
        added.forEach(trait -> addTrait(sql, uuid, trait, true));
        return removed > 0 || !added.isEmpty();
    }

    private static void addTrait(DSLContext sql, String uuid, String trait, boolean reported) {
        sql.insertInto(PROVIDER_TRAITS)
                .columns(PROVIDER_UUID, TRAIT, REPORTED)
                .values(uuid, trait, reported)
                .execute();
    }

    /** The placement aggregates of a provider. */
    public Set<String> aggregates(DSLContext sql, String uuid) {
        return new TreeSet<>(sql.select(AGGREGATE_UUID)
                .from(PROVIDER_AGGREGATES)
                .where(PROVIDER_UUID.eq(uuid))
                .fetch(AGGREGATE_UUID));
    }

    /** Replaces the aggregates of a provider; {@code generation} is checked when given (Placement API 1.19). */
    public void setAggregates(Transaction transaction, String uuid, Optional<Long> generation, Set<String> wanted) {
        DSLContext sql = transaction.sql();
        if (generation.isPresent()) {
            advance(sql, uuid, generation.get());
        }
        sql.deleteFrom(PROVIDER_AGGREGATES).where(PROVIDER_UUID.eq(uuid)).execute();
        for (String aggregate : wanted) {
            sql.insertInto(PROVIDER_AGGREGATES)
                    .columns(PROVIDER_UUID, AGGREGATE_UUID)
                    .values(uuid, aggregate)
                    .execute();
        }
    }

    /** Goes one generation further, whatever it is. */
    void advance(DSLContext sql, String uuid) {
        sql.update(PROVIDERS)
                .set(GENERATION, GENERATION.plus(1))
                .set(UPDATED_AT, clock.millis())
                .where(UUID.eq(uuid))
                .execute();
    }

    /** Goes one generation further from {@code generation}, and refuses when it is another. */
    void advance(DSLContext sql, String uuid, long generation) {
        int advanced = sql.update(PROVIDERS)
                .set(GENERATION, GENERATION.plus(1))
                .set(UPDATED_AT, clock.millis())
                .where(UUID.eq(uuid), GENERATION.eq(generation))
                .execute();
        if (advanced == 0) {
            get(sql, uuid);
            throw PlacementError.CONCURRENT_UPDATE.with("Resource provider " + uuid, generation);
        }
    }

    private ResourceProvider parent(DSLContext sql, String uuid, String parentUuid) {
        if (parentUuid.equals(uuid)) {
            throw PlacementError.PARENT_INVALID.with(uuid, "it cannot be its own parent.");
        }
        return find(sql, parentUuid)
                .orElseThrow(() -> PlacementError.PARENT_INVALID.with(uuid, "the parent provider does not exist."));
    }

    private Set<String> subtree(DSLContext sql, ResourceProvider top) {
        List<ResourceProvider> tree = list(sql, ROOT_UUID.eq(top.rootUuid()));
        Set<String> found = new TreeSet<>(Set.of(top.uuid()));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (ResourceProvider provider : tree) {
                if (provider.parentUuid().filter(found::contains).isPresent()) {
                    grew |= found.add(provider.uuid());
                }
            }
        }
        return found;
    }

    private static Map<String, Set<String>> names(
            DSLContext sql, Table<Record> table, Field<String> name, Condition chosen) {
        Map<String, Set<String>> names = new HashMap<>();
        sql.select(PROVIDER_UUID, name)
                .from(table)
                .where(chosen)
                .forEach(row -> names.computeIfAbsent(row.value1(), uuid -> new TreeSet<>())
                        .add(row.value2()));
        return names;
    }

    private static ResourceProvider read(Record row) {
        return new ResourceProvider(
                row.get(UUID),
                row.get(NAME),
                row.get(GENERATION),
                row.get(ROOT_UUID),
                Optional.ofNullable(row.get(PARENT_UUID)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)));
    }
}
