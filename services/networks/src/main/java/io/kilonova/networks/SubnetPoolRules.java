package io.kilonova.networks;

import io.kilonova.access.Visibility;
import io.kilonova.networks.IpAddresses.Address;
import io.kilonova.networks.IpAddresses.Cidr;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules of subnet pools: prefixes out of which subnets are cut, so that no two of them meet. */
final class SubnetPoolRules implements KindRules {
    private static final int SHORTEST_4 = 8;
    private static final int SHORTEST_6 = 64;

    private final ResourceStore resources;

    SubnetPoolRules(ResourceStore resources) {
        this.resources = resources;
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        check(edit, Optional.empty(), asked);
        return resources.insert(
                edit.transaction(), Kind.SUBNET_POOL, UUID.randomUUID().toString(), projectId, asked);
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        Resource merged = before.with(changes);
        ObjectNode document = merged.document();
        check(edit, Optional.of(before.id()), document);
        List<Cidr> prefixes = prefixes(document);
        for (Cidr old : prefixes(before.document())) {
            if (prefixes.stream().noneMatch(prefix -> prefix.contains(old.first()) && prefix.contains(old.last()))) {
                throw NetworkError.INVALID_INPUT.with("a subnet pool keeps the prefixes that it has");
            }
        }
        return resources.update(edit.transaction(), merged);
    }

    @Override
    public void delete(Edit edit, Resource pool) {
        resources.delete(edit.transaction(), pool);
        if (!resources.serving(edit.sql(), Kind.SUBNET, pool.id()).isEmpty()) {
            throw NetworkError.SUBNET_POOL_IN_USE.with(pool.id());
        }
    }

    private void check(Edit edit, Optional<String> own, ObjectNode pool) {
        if (!pool.path("address_scope_id").asString("").isEmpty()) {
            throw NetworkError.NOT_BUILT.with("address scopes");
        }
        List<Cidr> prefixes = prefixes(pool);
        if (prefixes.isEmpty()) {
            throw NetworkError.INVALID_INPUT.with("a subnet pool needs prefixes");
        }
        int version = prefixes.getFirst().first().version();
        if (prefixes.stream().anyMatch(prefix -> prefix.first().version() != version)) {
            throw NetworkError.INVALID_INPUT.with("the prefixes of a subnet pool are of one IP version");
        }
        ArrayNode canonical = pool.putArray("prefixes");
        prefixes.forEach(prefix -> canonical.add(prefix.toString()));
        pool.put("ip_version", version);
        int bits = version == 4 ? 32 : 128;
        int shortest = length(pool, "min_prefixlen", version == 4 ? SHORTEST_4 : SHORTEST_6);
        int longest = length(pool, "max_prefixlen", bits);
        int usual = length(pool, "default_prefixlen", shortest);
        if (shortest < 0 || shortest > usual || usual > longest || longest > bits) {
            throw NetworkError.INVALID_INPUT.with(
                    "min_prefixlen, default_prefixlen and max_prefixlen have to grow, from 0 to " + bits);
        }
        if (pool.path("default_quota").asInt(0) < 0) {
            throw NetworkError.INVALID_INPUT.with("default_quota must be 0 or more");
        }
        if (pool.path("is_default").asBoolean()
                && usual(edit, Visibility.everything(), version)
                        .filter(other -> !own.equals(Optional.of(other.id())))
                        .isPresent()) {
            throw NetworkError.INVALID_INPUT.with("another subnet pool is the default of IPv" + version);
        }
    }

    private static int length(ObjectNode pool, String attribute, int otherwise) {
        if (pool.path(attribute).isNull()) {
            pool.put(attribute, otherwise);
        }
        return pool.path(attribute).asInt();
    }

    private static List<Cidr> prefixes(ObjectNode pool) {
        List<Cidr> prefixes = new ArrayList<>();
        for (JsonNode text : pool.path("prefixes")) {
            Cidr prefix = IpAddresses.cidr(text.asString(""))
                    .orElseThrow(() -> NetworkError.INVALID_INPUT.with("a prefix of a subnet pool is no network"));
            if (prefixes.stream().anyMatch(prefix::overlaps)) {
                throw NetworkError.INVALID_INPUT.with("prefixes of a subnet pool overlap");
            }
            prefixes.add(prefix);
        }
        return prefixes;
    }

    /** The pool of whoever names none; there is one of each IP version at most. */
    private Optional<Resource> usual(Edit edit, Visibility visibility, int version) {
        return resources.list(edit.sql(), Kind.SUBNET_POOL, visibility, DSL.trueCondition()).stream()
                .filter(pool -> pool.is("is_default") && pool.get("ip_version").asInt() == version)
                .findFirst();
    }

    /** The pool that a new subnet is cut from, if it asks for one. */
    Optional<Resource> asked(Edit edit, ObjectNode subnet) {
        String id = subnet.path("subnetpool_id").asString("");
        if (!id.isEmpty()) {
            return Optional.of(resources.get(edit.sql(), Kind.SUBNET_POOL, edit.visibility(), id));
        }
        if (!subnet.path("use_default_subnetpool").asBoolean()) {
            return Optional.empty();
        }
        int version = subnet.path("ip_version").asInt();
        return Optional.of(usual(edit, edit.visibility(), version)
                .orElseThrow(() -> NetworkError.INVALID_INPUT.with("no subnet pool is the default of IPv" + version)));
    }

    /**
     * Cuts a subnet's network from a pool: the one that it names, or the first that is free. The pool's row is held, so that
     * two transactions do not cut the same.
     */
    Cidr cut(Edit edit, Resource pool, String projectId, ObjectNode subnet) {
        resources.hold(edit.transaction(), pool);
        int version = pool.get("ip_version").asInt();
        if (subnet.path("ip_version").asInt() != version) {
            throw NetworkError.INVALID_INPUT.with("the subnet pool is of IPv" + version);
        }
        List<Resource> subnets = resources.serving(edit.sql(), Kind.SUBNET, pool.id());
        List<Cidr> taken =
                subnets.stream().map(other -> cidr(other.text("cidr"))).toList();
        Optional<Cidr> named = IpAddresses.cidr(subnet.path("cidr").asString(""));
        int length = named.map(Cidr::prefixLength)
                .orElseGet(() -> subnet.path("prefixlen")
                        .asInt(pool.get("default_prefixlen").asInt()));
        if (length < pool.get("min_prefixlen").asInt()
                || length > pool.get("max_prefixlen").asInt()) {
            throw NetworkError.INVALID_INPUT.with("the subnet pool cuts prefixes of %d to %d bits, not of %d"
                    .formatted(
                            pool.get("min_prefixlen").asInt(),
                            pool.get("max_prefixlen").asInt(),
                            length));
        }
        requireQuota(pool, projectId, subnets, length);
        return named.map(cidr -> within(pool, taken, cidr)).orElseGet(() -> firstFree(pool, taken, length));
    }

    private static Cidr cidr(String text) {
        return IpAddresses.cidr(text).orElseThrow();
    }

    private static Cidr within(Resource pool, List<Cidr> taken, Cidr asked) {
        boolean inside = prefixes(pool.document()).stream()
                .anyMatch(prefix -> prefix.contains(asked.first()) && prefix.contains(asked.last()));
        if (!inside || taken.stream().anyMatch(asked::overlaps)) {
            throw NetworkError.SUBNET_ALLOCATION_ERROR.with("%s is not free in the subnet pool".formatted(asked));
        }
        return asked;
    }

    private static Cidr firstFree(Resource pool, List<Cidr> taken, int length) {
        for (Cidr prefix : prefixes(pool.document())) {
            Address next = prefix.first();
            while (prefix.prefixLength() <= length && prefix.contains(next)) {
                Cidr candidate = cidr(next + "/" + length);
                Optional<Cidr> inTheWay =
                        taken.stream().filter(candidate::overlaps).findFirst();
                if (inTheWay.isEmpty()) {
                    return candidate;
                }
                Address end = candidate.last().compareTo(inTheWay.get().last()) > 0
                        ? candidate.last()
                        : inTheWay.get().last();
                next = end.plus(1);
            }
        }
        throw NetworkError.SUBNET_ALLOCATION_ERROR.with(
                "the subnet pool has no free prefix of %d bits".formatted(length));
    }

    /** What a project may cut, in addresses of IPv4 and in networks of 64 bits of IPv6. */
    private static void requireQuota(Resource pool, String projectId, List<Resource> subnets, int length) {
        if (pool.get("default_quota").isNull()) {
            return;
        }
        int unit = pool.get("ip_version").asInt() == 4 ? 32 : 64;
        BigInteger used = subnets.stream()
                .filter(subnet -> subnet.projectId().equals(projectId))
                .map(subnet -> size(unit, cidr(subnet.text("cidr")).prefixLength()))
                .reduce(size(unit, length), BigInteger::add);
        if (used.compareTo(BigInteger.valueOf(pool.get("default_quota").asInt())) > 0) {
            throw NetworkError.SUBNET_POOL_QUOTA_EXCEEDED.with();
        }
    }

    private static BigInteger size(int unit, int length) {
        return BigInteger.ONE.shiftLeft(Math.max(0, unit - length));
    }
}
