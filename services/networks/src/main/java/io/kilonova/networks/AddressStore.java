package io.kilonova.networks;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.networks.IpAddresses.Address;
import io.kilonova.storage.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import tools.jackson.databind.JsonNode;

/** Which address of which network is whose. The table's key makes an address that is taken twice impossible. */
final class AddressStore {
    private static final Table<Record> ADDRESSES = table(name("network_addresses"));
    private static final Field<String> NETWORK_ID = field(name("network_id"), String.class);
    private static final Field<String> ADDRESS = field(name("address"), String.class);
    private static final Field<String> SUBNET_ID = field(name("subnet_id"), String.class);
    private static final Field<String> PORT_ID = field(name("port_id"), String.class);

    /** Takes one address; says whether it was free. */
    boolean take(Transaction transaction, Resource subnet, String address, String portId) {
        return transaction
                        .sql()
                        .insertInto(ADDRESSES)
                        .columns(NETWORK_ID, ADDRESS, SUBNET_ID, PORT_ID)
                        .values(subnet.text("network_id"), address, subnet.id(), portId)
                        .onConflict(NETWORK_ID, ADDRESS)
                        .doNothing()
                        .execute()
                == 1;
    }

    /** Takes the lowest free address of a subnet's pools; empty when all are taken. */
    Optional<String> takeFree(Transaction transaction, Resource subnet, String portId) {
        Set<String> taken = transaction
                .sql()
                .select(ADDRESS)
                .from(ADDRESSES)
                .where(SUBNET_ID.eq(subnet.id()))
                .fetchSet(ADDRESS);
        for (JsonNode pool : subnet.get("allocation_pools")) {
            Optional<Address> first = IpAddresses.parse(pool.path("start").asString(""));
            Optional<Address> last = IpAddresses.parse(pool.path("end").asString(""));
            if (first.isEmpty() || last.isEmpty()) {
                continue;
            }
            for (Address next = first.get(); next.compareTo(last.get()) <= 0; next = next.plus(1)) {
                if (!taken.contains(next.toString()) && take(transaction, subnet, next.toString(), portId)) {
                    return Optional.of(next.toString());
                }
            }
        }
        return Optional.empty();
    }

    /** Gives all addresses of a port back. */
    void release(Transaction transaction, String portId) {
        transaction.sql().deleteFrom(ADDRESSES).where(PORT_ID.eq(portId)).execute();
    }

    /** Gives one address of a port back. */
    void release(Transaction transaction, String portId, String address) {
        transaction
                .sql()
                .deleteFrom(ADDRESSES)
                .where(PORT_ID.eq(portId).and(ADDRESS.eq(address)))
                .execute();
    }

    /** The port that has an address. */
    Optional<String> portAt(DSLContext sql, String networkId, String address) {
        return sql.select(PORT_ID)
                .from(ADDRESSES)
                .where(NETWORK_ID.eq(networkId).and(ADDRESS.eq(address)))
                .fetchOptional(PORT_ID);
    }

    /** The ports that have an address of a subnet. */
    List<String> portsOf(DSLContext sql, String subnetId) {
        return sql.selectDistinct(PORT_ID)
                .from(ADDRESSES)
                .where(SUBNET_ID.eq(subnetId))
                .fetch(PORT_ID);
    }

    /** How many addresses of a subnet are taken. */
    int count(DSLContext sql, String subnetId) {
        return sql.fetchCount(ADDRESSES, SUBNET_ID.eq(subnetId));
    }
}
