package io.kilonova.libvirt;

import io.kilonova.spi.GuestReport;
import io.kilonova.spi.PowerState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists every guest of a host: two lists, and two questions a guest, about 1 ms each guest. */
final class GuestListing {
    private GuestListing() {}

    /** Every guest now; one that vanishes meanwhile is left out. */
    static List<GuestReport> read(LibvirtConnection connection) {
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
                report(domain, saved).ifPresent(reports::add);
            }
            return reports;
        } finally {
            domains.forEach(LibvirtDomain::close);
        }
    }

    private static Optional<GuestReport> report(LibvirtDomain domain, Set<String> saved) {
        try {
            String uuid = domain.uuid();
            DomainState state = domain.state();
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
