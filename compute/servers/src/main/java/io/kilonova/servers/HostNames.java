package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.HOST;
import static io.kilonova.servers.ServerColumns.SERVERS;

import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Transaction;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jooq.DSLContext;

/**
 * Gives hosts other names. A host is who its key says; its name is what everything of it is written down under: its service,
 * its servers, their moves and ports, and its aggregates. What it gave away is written under its id, and stays.
 */
final class HostNames {
    /** Moves that nobody works at. */
    private static final Set<MigrationStatus> RESTING =
            EnumSet.of(MigrationStatus.FINISHED, MigrationStatus.DONE, MigrationStatus.ERROR);

    private final Compute compute;
    private final HostReports reports;

    HostNames(Compute compute, HostReports reports) {
        this.compute = compute;
        this.reports = reports;
    }

    /**
     * Gives a host another name, in one transaction with {@code also}. When that was done already it is done for what another
     * controller wrote down by the old name meanwhile.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#HOST_NAME_TAKEN},
     *     {@link CatalogueError#HOST_BUSY}; nothing is changed
     */
    void rename(String from, String to, Consumer<Transaction> also) {
        compute.database().change(transaction -> {
            DSLContext sql = transaction.sql();
            also.accept(transaction);
            boolean known = compute.hosts().find(sql, from).isPresent();
            if (known && compute.hosts().find(sql, to).isPresent()) {
                throw CatalogueError.HOST_NAME_TAKEN.with(to);
            }
            if (known) {
                compute.hosts().rename(transaction, from, to);
            }
            List<String> servers = sql.select(ServerColumns.ID)
                    .from(SERVERS)
                    .where(HOST.eq(from))
                    .fetch(ServerColumns.ID);
            if (!known && servers.isEmpty()) {
                return;
            }
            requireRest(sql, from, to);
            sql.update(SERVERS).set(HOST, to).where(HOST.eq(from)).execute();
            compute.migrations().renameHost(transaction, from, to);
            compute.networks().renameHost(transaction, servers, to);
            transaction.afterCommit(() -> {
                compute.ledger().remove(from);
                compute.database()
                        .read(reading -> reports.renewal(reading, Optional.of(List.of(to))))
                        .run();
            });
        });
    }

    private void requireRest(DSLContext sql, String from, String to) {
        boolean busy = sql.fetchExists(SERVERS, HOST.eq(from).and(ServerColumns.TASK_STATE.isNotNull()))
                || Migrations.openAt(sql, from).stream().anyMatch(migration -> !RESTING.contains(migration.status()));
        if (busy) {
            throw CatalogueError.HOST_BUSY.with(from, to);
        }
    }

    /** A cloud of one machine knows it again by whatever name. */
    void followOnlyHost() {
        Collection<Hypervisor> own = compute.fleet().own();
        List<ComputeHost> known = own.size() == 1 ? compute.hosts().list() : List.of();
        if (known.size() == 1) {
            String name = own.iterator().next().host();
            if (!known.getFirst().host().equals(name)) {
                rename(known.getFirst().host(), name, nothing -> {});
            }
        }
    }
}
