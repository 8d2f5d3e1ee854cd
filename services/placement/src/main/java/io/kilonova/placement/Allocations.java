package io.kilonova.placement;

import static io.kilonova.placement.PlacementTables.ALLOCATIONS;
import static io.kilonova.placement.PlacementTables.ALLOCATION_RATIO;
import static io.kilonova.placement.PlacementTables.AMOUNT;
import static io.kilonova.placement.PlacementTables.CONSUMER_UUID;
import static io.kilonova.placement.PlacementTables.GENERATION;
import static io.kilonova.placement.PlacementTables.INVENTORIES;
import static io.kilonova.placement.PlacementTables.MAX_UNIT;
import static io.kilonova.placement.PlacementTables.MIN_UNIT;
import static io.kilonova.placement.PlacementTables.PROVIDERS;
import static io.kilonova.placement.PlacementTables.PROVIDER_UUID;
import static io.kilonova.placement.PlacementTables.RESERVED;
import static io.kilonova.placement.PlacementTables.RESOURCE_CLASS;
import static io.kilonova.placement.PlacementTables.STEP_SIZE;
import static io.kilonova.placement.PlacementTables.TOTAL;
import static io.kilonova.placement.PlacementTables.UPDATED_AT;
import static io.kilonova.placement.PlacementTables.USED;
import static io.kilonova.placement.PlacementTables.UUID;

import io.kilonova.errors.ServiceException;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record3;
import org.jooq.Result;
import org.jooq.impl.DSL;

/**
 * Who has taken what. Everything here runs inside the caller's transaction, so that a server and its allocations change
 * together or not at all; capacity is checked in the update itself, so that two claims at once cannot both take the last
 * unit. A claim costs about five statements, however many servers a host has.
 */
public final class Allocations {
    private static final FixedStatement FIND = FixedStatement.of(sql ->
            sql.select(PROVIDER_UUID, RESOURCE_CLASS, AMOUNT).from(ALLOCATIONS).where(CONSUMER_UUID.eq("")));
    private static final FixedStatement INSERT = FixedStatement.of(sql -> sql.insertInto(ALLOCATIONS)
            .columns(CONSUMER_UUID, PROVIDER_UUID, RESOURCE_CLASS, AMOUNT, UPDATED_AT)
            .values("", "", "", 0L, 0L));
    private static final FixedStatement DELETE =
            FixedStatement.of(sql -> sql.deleteFrom(ALLOCATIONS).where(holding()));
    private static final FixedStatement CHANGE = FixedStatement.of(
            sql -> sql.update(ALLOCATIONS).set(AMOUNT, 0L).set(UPDATED_AT, 0L).where(holding()));
    private static final FixedStatement COUNT_UP = FixedStatement.of(sql -> sql.update(PROVIDERS)
            .set(GENERATION, GENERATION.plus(DSL.inline(1)))
            .set(UPDATED_AT, 0L)
            .where(UUID.eq("")));
    private static final FixedStatement GIVE_BACK = FixedStatement.of(
            sql -> sql.update(INVENTORIES).set(USED, USED.plus(0L)).where(PROVIDER_UUID.eq(""), RESOURCE_CLASS.eq("")));

    /** The whole point: checked where it is written. A whole number below a fraction is below its floor too. */
    private static final FixedStatement TAKE = FixedStatement.of(sql -> sql.update(INVENTORIES)
            .set(USED, USED.plus(0L))
            .where(PROVIDER_UUID.eq(""), RESOURCE_CLASS.eq(""))
            .and(MIN_UNIT.le(0L))
            .and(MAX_UNIT.ge(0L))
            .and(DSL.val(0L).mod(STEP_SIZE).eq(DSL.inline(0L)))
            .and(USED.plus(0L)
                    .cast(Double.class)
                    .le(TOTAL.minus(RESERVED).cast(Double.class).mul(ALLOCATION_RATIO))));

    private final Consumers consumers;
    private final Clock clock;

    /** Allocations whose consumers are checked by {@code owners}. */
    public Allocations(ConsumerOwners owners, Clock clock) {
        this.consumers = new Consumers(owners, clock);
        this.clock = clock;
    }

    /**
     * Gives a consumer exactly what the claim says: the difference to what it had is taken or given back. Repeating a claim
     * changes nothing.
     *
     * @throws ServiceException with {@link PlacementError#CAPACITY_EXCEEDED}, {@link PlacementError#CONCURRENT_UPDATE},
     *     {@link PlacementError#CONSUMER_CHANGED}, {@link PlacementError#CONSUMER_UNKNOWN} or another of this room; nothing of
     *     the transaction may then be committed
     */
    public void claim(Transaction transaction, Claim claim) {
        DSLContext sql = transaction.sql();
        Locked locked = lock(sql, claim.consumerUuid());
        Optional<Consumer> before = locked.consumer();
        Consumers.checkExpected(claim, before);
        if (!claim.allocations().isEmpty()) {
            consumers.checkOwner(transaction, claim);
        }
        Map<Holding, Long> had = locked.holdings();
        Map<Holding, Long> wanted = wanted(claim);
        checkGenerations(sql, claim.expectedGenerations());
        if (had.equals(wanted)
                && before.map(consumer -> sameOwner(consumer, claim)).orElse(true)) {
            return;
        }
        apply(
                sql,
                claim.consumerUuid(),
                had,
                wanted,
                wanted.isEmpty() ? Stream.of() : Stream.of(consumers.put(claim, before)));
        if (wanted.isEmpty()) {
            consumers.remove(sql, claim.consumerUuid());
        }
    }

    /** Gives back all that a consumer has. Repeating it changes nothing. True when there was something. */
    public boolean release(Transaction transaction, String consumerUuid) {
        DSLContext sql = transaction.sql();
        Locked locked = lock(sql, consumerUuid);
        if (locked.consumer().isEmpty()) {
            return false;
        }
        apply(sql, consumerUuid, locked.holdings(), Map.of(), Stream.of());
        consumers.remove(sql, consumerUuid);
        return true;
    }

    /**
     * Hands all that one consumer has to another, which must have nothing: a migration takes over what the server has at its
     * source, so that the server can claim at its destination. Capacity is not touched.
     */
    public void move(Transaction transaction, String fromConsumerUuid, Claim to) {
        DSLContext sql = transaction.sql();
        if (lock(sql, fromConsumerUuid).consumer().isEmpty()) {
            throw PlacementError.ALLOCATIONS_NOT_FOUND.with(fromConsumerUuid);
        }
        Optional<Consumer> destination = lock(sql, to.consumerUuid()).consumer();
        if (destination.isPresent()) {
            throw PlacementError.CONSUMER_CHANGED.with("none", destination.get().generation());
        }
        consumers.checkOwner(transaction, to);
        Demand.meet(sql, List.of(consumers.put(to, Optional.empty())));
        sql.update(ALLOCATIONS)
                .set(CONSUMER_UUID, to.consumerUuid())
                .where(CONSUMER_UUID.eq(fromConsumerUuid))
                .execute();
        consumers.remove(sql, fromConsumerUuid);
    }

    /** What a consumer has, by provider and class. */
    public List<Allocation> ofConsumer(DSLContext sql, String consumerUuid) {
        List<Allocation> allocations = new ArrayList<>();
        holdings(FIND.fetch(sql, consumerUuid))
                .forEach((holding, amount) ->
                        allocations.add(new Allocation(holding.providerUuid(), holding.resourceClass(), amount)));
        return allocations;
    }

    /** The consumer of that id, if it has something. */
    public Optional<Consumer> consumer(DSLContext sql, String consumerUuid) {
        return consumers.find(sql, consumerUuid);
    }

    /** What a provider has given, by consumer. */
    public Map<String, List<Allocation>> ofProvider(DSLContext sql, String providerUuid) {
        Map<String, List<Allocation>> byConsumer = new TreeMap<>();
        for (Record3<String, String, Long> row : sql.select(CONSUMER_UUID, RESOURCE_CLASS, AMOUNT)
                .from(ALLOCATIONS)
                .where(PROVIDER_UUID.eq(providerUuid))
                .orderBy(CONSUMER_UUID, RESOURCE_CLASS)
                .fetch()) {
            byConsumer
                    .computeIfAbsent(row.value1(), consumer -> new ArrayList<>())
                    .add(new Allocation(providerUuid, row.value2(), row.value3()));
        }
        return byConsumer;
    }

    /** One class at one provider. Sorted, so that two transactions lock rows in the same order. */
    private record Holding(String providerUuid, String resourceClass) implements Comparable<Holding> {
        @Override
        public int compareTo(Holding other) {
            int order = providerUuid.compareTo(other.providerUuid);
            return order != 0 ? order : resourceClass.compareTo(other.resourceClass);
        }
    }

    private static Map<Holding, Long> wanted(Claim claim) {
        Map<Holding, Long> wanted = new TreeMap<>();
        for (Allocation allocation : claim.allocations()) {
            Holding holding = new Holding(allocation.providerUuid(), allocation.resourceClass());
            if (wanted.put(holding, allocation.amount()) != null) {
                throw PlacementError.ALLOCATION_INVALID.with(
                        "class %s stands twice for one provider".formatted(allocation.resourceClass()));
            }
        }
        return wanted;
    }

    private static boolean sameOwner(Consumer consumer, Claim claim) {
        return consumer.projectId().equals(claim.projectId())
                && consumer.userId().equals(claim.userId())
                && consumer.type().equals(claim.type());
    }

    /** A consumer that nobody else changes until the transaction ends, and what it has. */
    private record Locked(Optional<Consumer> consumer, Map<Holding, Long> holdings) {}

    private static Locked lock(DSLContext sql, String consumerUuid) {
        List<Result<Record>> found =
                FixedStatement.fetchAll(sql, Consumers.locked(consumerUuid), FIND.with(consumerUuid));
        return new Locked(found.getFirst().stream().findFirst().map(Consumers::read), holdings(found.getLast()));
    }

    private static Map<Holding, Long> holdings(Result<Record> rows) {
        Map<Holding, Long> holdings = new TreeMap<>();
        rows.forEach(
                row -> holdings.put(new Holding(row.get(PROVIDER_UUID), row.get(RESOURCE_CLASS)), row.get(AMOUNT)));
        return holdings;
    }

    private void checkGenerations(DSLContext sql, Map<String, Long> expected) {
        new TreeMap<>(expected).forEach((provider, generation) -> {
            int same = sql.update(PROVIDERS)
                    .set(GENERATION, GENERATION)
                    .where(UUID.eq(provider), GENERATION.eq(generation))
                    .execute();
            if (same == 0) {
                throw PlacementError.CONCURRENT_UPDATE.with("Resource provider " + provider, generation);
            }
        });
    }

    /**
     * Gives back first, so that a server that changes its size on a full host can use what it had. All that may be refused
     * is asked together.
     *
     * @param demands what has to hold beside that
     */
    private void apply(
            DSLContext sql,
            String consumerUuid,
            Map<Holding, Long> had,
            Map<Holding, Long> wanted,
            Stream<Demand> demands) {
        Map<Holding, Long> changes = new TreeMap<>(wanted);
        had.forEach((holding, amount) -> changes.merge(holding, -amount, Long::sum));
        changes.values().removeIf(difference -> difference == 0);
        Stream<Demand> given = changes.entrySet().stream()
                .sorted(Comparator.comparing(change -> change.getValue() > 0))
                .map(change -> take(sql, change.getKey(), change.getValue(), wanted.getOrDefault(change.getKey(), 0L)));
        Demand.meet(sql, Stream.concat(demands, given).toList());
        changes.forEach((holding, difference) -> {
            long after = wanted.getOrDefault(holding, 0L);
            write(sql, consumerUuid, holding, after - difference, after);
        });
        Stream.concat(had.keySet().stream(), wanted.keySet().stream())
                .map(Holding::providerUuid)
                .distinct()
                .sorted()
                .forEach(provider -> COUNT_UP.executeLater(sql, clock.millis(), provider));
    }

    private static Demand take(DSLContext sql, Holding holding, long difference, long after) {
        String provider = holding.providerUuid();
        String resourceClass = holding.resourceClass();
        FixedStatement.Asked asked = difference > 0
                ? TAKE.with(difference, provider, resourceClass, after, after, after, difference)
                : GIVE_BACK.with(difference, provider, resourceClass);
        return new Demand(asked, () -> refusal(sql, holding, after));
    }

    private static ServiceException refusal(DSLContext sql, Holding holding, long amount) {
        Optional<InventoryUsage> inventory = Inventories.find(sql, holding.providerUuid(), holding.resourceClass());
        if (inventory.isEmpty()) {
            return sql.fetchExists(PROVIDERS, UUID.eq(holding.providerUuid()))
                    ? PlacementError.ALLOCATION_WITHOUT_INVENTORY.with(holding.resourceClass(), holding.providerUuid())
                    : PlacementError.ALLOCATION_FOR_UNKNOWN_PROVIDER.with(holding.providerUuid());
        }
        Inventory limits = inventory.get().inventory();
        boolean unitsHold =
                amount >= limits.minimumUnit() && amount <= limits.maximumUnit() && amount % limits.stepSize() == 0;
        PlacementError code = unitsHold ? PlacementError.CAPACITY_EXCEEDED : PlacementError.ALLOCATION_VIOLATES_UNITS;
        return code.with(holding.resourceClass(), holding.providerUuid());
    }

    private void write(DSLContext sql, String consumerUuid, Holding holding, long before, long after) {
        String provider = holding.providerUuid();
        String resourceClass = holding.resourceClass();
        if (after == 0) {
            DELETE.executeLater(sql, consumerUuid, provider, resourceClass);
        } else if (before == 0) {
            INSERT.executeLater(sql, consumerUuid, provider, resourceClass, after, clock.millis());
        } else {
            CHANGE.executeLater(sql, after, clock.millis(), consumerUuid, provider, resourceClass);
        }
    }

    private static Condition holding() {
        return CONSUMER_UUID.eq("").and(PROVIDER_UUID.eq("")).and(RESOURCE_CLASS.eq(""));
    }
}
