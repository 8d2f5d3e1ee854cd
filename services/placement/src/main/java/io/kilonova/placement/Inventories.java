package io.kilonova.placement;

import static io.kilonova.placement.PlacementTables.ALLOCATION_RATIO;
import static io.kilonova.placement.PlacementTables.INVENTORIES;
import static io.kilonova.placement.PlacementTables.MAX_UNIT;
import static io.kilonova.placement.PlacementTables.MIN_UNIT;
import static io.kilonova.placement.PlacementTables.PROVIDER_UUID;
import static io.kilonova.placement.PlacementTables.RESERVED;
import static io.kilonova.placement.PlacementTables.RESOURCE_CLASS;
import static io.kilonova.placement.PlacementTables.STEP_SIZE;
import static io.kilonova.placement.PlacementTables.TOTAL;
import static io.kilonova.placement.PlacementTables.UPDATED_AT;
import static io.kilonova.placement.PlacementTables.USED;

import io.kilonova.storage.Transaction;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

/** What providers have. What consumers took stands beside it and is not touched here. */
public final class Inventories {
    private final ResourceProviders providers;
    private final Clock clock;

    /** Inventories of these providers. */
    public Inventories(ResourceProviders providers, Clock clock) {
        this.providers = providers;
        this.clock = clock;
    }

    /**
     * Writes what a node says of its host: the provider is made when it is new, inventories and reported traits become what
     * the report says, and what an operator added stays. A report that says nothing new writes nothing. A class that is no
     * longer reported is kept while servers hold some of it, with nothing left to give.
     */
    public void report(Transaction transaction, HostReport report) {
        DSLContext sql = transaction.sql();
        Optional<ResourceProvider> known = providers.find(sql, report.providerUuid());
        if (known.isEmpty()) {
            providers.create(transaction, report.providerUuid(), report.name(), Optional.empty());
        } else if (!known.get().name().equals(report.name())) {
            providers.rename(transaction, report.providerUuid(), report.name());
        }
        Map<String, InventoryUsage> before = of(sql, report.providerUuid());
        boolean changed = false;
        for (Map.Entry<String, Inventory> reported : report.inventories().entrySet()) {
            InventoryUsage existing = before.get(reported.getKey());
            if (existing == null || !existing.inventory().equals(reported.getValue())) {
                put(sql, report.providerUuid(), reported.getKey(), reported.getValue(), existing != null);
                changed = true;
            }
        }
        for (Map.Entry<String, InventoryUsage> existing : before.entrySet()) {
            boolean gone = !report.inventories().containsKey(existing.getKey());
            if (gone && ResourceClasses.reportedByHosts(existing.getKey())) {
                changed |= withdraw(sql, report.providerUuid(), existing.getKey(), existing.getValue());
            }
        }
        changed |= providers.reportTraits(sql, report.providerUuid(), report.traits());
        if (changed) {
            providers.advance(sql, report.providerUuid());
        }
    }

    /** All inventories of a provider with their use, by class. */
    public static Map<String, InventoryUsage> of(DSLContext sql, String providerUuid) {
        Map<String, InventoryUsage> inventories = new TreeMap<>();
        sql.select()
                .from(INVENTORIES)
                .where(PROVIDER_UUID.eq(providerUuid))
                .forEach(row -> inventories.put(row.get(RESOURCE_CLASS), read(row)));
        return inventories;
    }

    /** One inventory with its use. */
    public static Optional<InventoryUsage> find(DSLContext sql, String providerUuid, String resourceClass) {
        return sql.select()
                .from(INVENTORIES)
                .where(row(providerUuid, resourceClass))
                .fetchOptional()
                .map(Inventories::read);
    }

    /**
     * Replaces all inventories of a provider.
     *
     * @param generation the provider's, as the caller knows it
     * @throws io.kilonova.errors.ServiceException with {@link PlacementError#CONCURRENT_UPDATE},
     *     {@link PlacementError#INVENTORY_IN_USE}, {@link PlacementError#INVENTORY_INVALID}
     */
    public void replace(Transaction transaction, String providerUuid, long generation, Map<String, Inventory> wanted) {
        DSLContext sql = transaction.sql();
        providers.advance(sql, providerUuid, generation);
        Map<String, InventoryUsage> before = of(sql, providerUuid);
        for (Map.Entry<String, InventoryUsage> existing : before.entrySet()) {
            if (!wanted.containsKey(existing.getKey())) {
                remove(sql, providerUuid, existing.getKey());
            }
        }
        new LinkedHashMap<>(wanted).forEach((resourceClass, inventory) -> {
            check(sql, providerUuid, resourceClass, inventory);
            put(sql, providerUuid, resourceClass, inventory, before.containsKey(resourceClass));
        });
    }

    /** Adds an inventory that the provider does not have yet. */
    public void add(
            Transaction transaction,
            String providerUuid,
            Optional<Long> generation,
            String resourceClass,
            Inventory added) {
        DSLContext sql = transaction.sql();
        check(sql, providerUuid, resourceClass, added);
        advance(sql, providerUuid, generation);
        if (find(sql, providerUuid, resourceClass).isPresent()) {
            throw PlacementError.INVENTORY_EXISTS.with(resourceClass, providerUuid);
        }
        put(sql, providerUuid, resourceClass, added, false);
    }

    /** Changes an inventory that the provider has. */
    public void update(
            Transaction transaction, String providerUuid, long generation, String resourceClass, Inventory changed) {
        DSLContext sql = transaction.sql();
        check(sql, providerUuid, resourceClass, changed);
        providers.advance(sql, providerUuid, generation);
        if (find(sql, providerUuid, resourceClass).isEmpty()) {
            throw PlacementError.INVENTORY_INVALID.with(resourceClass, providerUuid, "The provider has none of it.");
        }
        put(sql, providerUuid, resourceClass, changed, true);
    }

    /** Removes an inventory of which nothing is taken. */
    public void delete(Transaction transaction, String providerUuid, String resourceClass) {
        DSLContext sql = transaction.sql();
        if (find(sql, providerUuid, resourceClass).isEmpty()) {
            throw PlacementError.INVENTORY_NOT_FOUND.with(resourceClass, providerUuid);
        }
        remove(sql, providerUuid, resourceClass);
        providers.advance(sql, providerUuid);
    }

    private void advance(DSLContext sql, String providerUuid, Optional<Long> generation) {
        if (generation.isPresent()) {
            providers.advance(sql, providerUuid, generation.get());
        } else {
            providers.advance(sql, providerUuid);
        }
    }

    private static void check(DSLContext sql, String providerUuid, String resourceClass, Inventory inventory) {
        ResourceClasses.requireKnown(sql, resourceClass);
        if (inventory.reserved() > inventory.total()) {
            throw PlacementError.INVENTORY_INVALID.with(
                    resourceClass, providerUuid, "The reserved value is greater than total.");
        }
        if (inventory.minimumUnit() > inventory.maximumUnit()) {
            throw PlacementError.INVENTORY_INVALID.with(
                    resourceClass, providerUuid, "The min_unit is greater than max_unit.");
        }
    }

    private static void remove(DSLContext sql, String providerUuid, String resourceClass) {
        int removed = sql.deleteFrom(INVENTORIES)
                .where(row(providerUuid, resourceClass).and(USED.eq(0L)))
                .execute();
        if (removed == 0) {
            throw PlacementError.INVENTORY_IN_USE.with(resourceClass, providerUuid);
        }
    }

    /** Takes a class away that a host no longer has; what is held of it keeps its row, from which nothing more is given. */
    private boolean withdraw(DSLContext sql, String providerUuid, String resourceClass, InventoryUsage existing) {
        if (existing.used() == 0) {
            remove(sql, providerUuid, resourceClass);
            return true;
        }
        Inventory before = existing.inventory();
        Inventory empty = new Inventory(
                before.total(), before.total(), before.minimumUnit(), before.maximumUnit(), before.stepSize(), 1.0);
        if (before.equals(empty)) {
            return false;
        }
        put(sql, providerUuid, resourceClass, empty, true);
        return true;
    }

    private void put(DSLContext sql, String providerUuid, String resourceClass, Inventory inventory, boolean exists) {
        if (exists) {
            sql.update(INVENTORIES)
                    .set(TOTAL, inventory.total())
                    .set(RESERVED, inventory.reserved())
                    .set(MIN_UNIT, inventory.minimumUnit())
                    .set(MAX_UNIT, inventory.maximumUnit())
                    .set(STEP_SIZE, inventory.stepSize())
                    .set(ALLOCATION_RATIO, inventory.allocationRatio())
                    .set(UPDATED_AT, clock.millis())
                    .where(row(providerUuid, resourceClass))
                    .execute();
        } else {
            sql.insertInto(INVENTORIES)
                    .set(PROVIDER_UUID, providerUuid)
                    .set(RESOURCE_CLASS, resourceClass)
                    .set(TOTAL, inventory.total())
                    .set(RESERVED, inventory.reserved())
                    .set(MIN_UNIT, inventory.minimumUnit())
                    .set(MAX_UNIT, inventory.maximumUnit())
                    .set(STEP_SIZE, inventory.stepSize())
                    .set(ALLOCATION_RATIO, inventory.allocationRatio())
                    .set(USED, 0L)
                    .set(UPDATED_AT, clock.millis())
                    .execute();
        }
    }

    private static Condition row(String providerUuid, String resourceClass) {
        return PROVIDER_UUID.eq(providerUuid).and(RESOURCE_CLASS.eq(resourceClass));
    }

    static InventoryUsage read(Record row) {
        return new InventoryUsage(
                new Inventory(
                        row.get(TOTAL),
                        row.get(RESERVED),
                        row.get(MIN_UNIT),
                        row.get(MAX_UNIT),
                        row.get(STEP_SIZE),
                        row.get(ALLOCATION_RATIO)),
                row.get(USED));
    }
}
