package io.kilonova.libvirt;

import io.kilonova.spi.GuestReport;
import io.kilonova.spi.PowerState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lists every guest of a host: two lists, and two questions a guest, about 1 ms each guest. One that came here off and was
 * never started has disks and no definition.
 */
final class GuestListing {
    private GuestListing() {}

    /** Every guest now; one that vanishes meanwhile, or has not arrived yet, is left out. */
    static List<GuestReport> read(LibvirtConnection connection, GuestDisks disks) {
        // Before the definitions: of a guest that is being made now both are there, or neither.
        Set<String> undefined = disks.guests();
        Set<String> saved = new HashSet<>();
        for (LibvirtDomain domain : connection.domainsWithSavedMemory()) {
            try (domain) {
                saved.add(domain.uuid());
            }
        }
        List<LibvirtDomain> domains = connection.domains();
        List<GuestReport> reports = new ArrayList<>(domains.size());
        try {
            for (LibvirtDomain domain : domains) {
                undefined.remove(domain.uuid());
                report(domain, saved, disks).ifPresent(reports::add);
            }
            undefined.forEach(guest -> reports.add(new GuestReport(guest, guest, true, PowerState.SHUT_DOWN)));
            return reports;
        } finally {
            domains.forEach(LibvirtDomain::close);
        }
    }

    private static Optional<GuestReport> report(LibvirtDomain domain, Set<String> saved, GuestDisks disks) {
        try {
            String uuid = domain.uuid();
            DomainState state = domain.state();
            if (disks.expected(uuid)) {
                if (!state.active() || domain.arriving()) {
                    return Optional.empty();
                }
                disks.arrived(uuid);
            }
            PowerState power = !state.active() && saved.contains(uuid) ? PowerState.SUSPENDED : state.power();
            return Optional.of(new GuestReport(uuid, domain.name(), domain.ours(), power));
        } catch (LibvirtException refusal) {
            if (refusal.fault().code() == LibvirtFault.NO_DOMAIN) {
                return Optional.empty();
            }
            throw refusal;
        }
    }
}
