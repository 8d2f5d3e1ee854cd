package io.kilonova.libvirt;

import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.NetworkPlug;
import java.util.List;

/** Defines guests from their specifications, starts them, and ends them. */
final class GuestStarter {
    private final GuestDisks disks;
    private final NetworkPlug plug;
    private final VirtualisationType virtualisation;
    private final String cacheMode;

    GuestStarter(GuestDisks disks, NetworkPlug plug, VirtualisationType virtualisation, String cacheMode) {
        this.disks = disks;
        this.plug = plug;
        this.virtualisation = virtualisation;
        this.cacheMode = cacheMode;
    }

    /** Checks a specification, and reads its properties. */
    GuestShape shapeOf(GuestSpecification guest) {
        SpecificationCheck.of(guest);
        GuestShape shape = GuestShape.of(guest.image(), guest.virtualCpus(), guest.properties());
        for (GuestInterface card : guest.interfaces()) {
            String _ = shape.modelOf(card);
        }
        return shape;
    }

    /** Replaces the definition of a guest. The caller closes the domain. */
    LibvirtDomain define(LibvirtConnection connection, GuestSpecification guest, GuestShape shape) {
        DomainPlan plan = new DomainPlan(
                guest,
                shape,
                virtualisation,
                disks.layout(guest, shape),
                disks.kernel(guest),
                cacheMode,
                disks.consoleLog(guest.id()));
        return connection.define(DomainDefinition.of(plan));
    }

    /** Starts a guest from power off, with a new definition; one that is on is left as it is. Returns whether it was off. */
    boolean start(LibvirtConnection connection, GuestSpecification guest, GuestShape shape) {
        disks.require(guest.id());
        if (connection.on(guest.id(), domain -> domain.state().active()).orElse(false)) {
            return false;
        }
        try (LibvirtDomain domain = define(connection, guest, shape)) {
            guest.interfaces().forEach(plug::plug);
            domain.createAfresh();
            return true;
        }
    }

    /** Defines a guest that comes from another host, and plugs its cards, for it arrives running. */
    void expect(LibvirtConnection connection, GuestSpecification guest, GuestShape shape) {
        define(connection, guest, shape).close();
        guest.interfaces().forEach(plug::plug);
    }

    /** Brings a guest back from its saved memory, whose own definition it goes on with, or starts one that has none. */
    boolean resume(LibvirtConnection connection, GuestSpecification guest, GuestShape shape) {
        disks.require(guest.id());
        boolean awake = connection.on(guest.id(), domain -> wake(domain, guest)).orElse(false);
        return !awake && start(connection, guest, shape);
    }

    private boolean wake(LibvirtDomain domain, GuestSpecification guest) {
        DomainState state = domain.state();
        if (state == DomainState.PAUSED) {
            domain.thaw();
        } else if (!state.active() && domain.saved()) {
            guest.interfaces().forEach(plug::plug);
            domain.create();
            return true;
        }
        return state.active();
    }

    /** Cuts the power, takes the cards away and removes the definition: each may be repeated after a crash. */
    void end(LibvirtDomain domain) {
        List<GuestInterface> cards = domain.metadata(DomainDefinition.NAMESPACE)
                .map(DomainDocument::parse)
                .map(DomainDocument::cards)
                .orElse(List.of());
        GuestPower.cut(domain);
        cards.forEach(plug::unplug);
        domain.undefine();
    }
}
