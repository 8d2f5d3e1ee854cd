package io.kilonova.libvirt;

import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.NetworkPlug;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plugs cards into guests and out of them, and keeps the definition for the next start in step. */
final class CardChange {
    private static final Logger LOG = LoggerFactory.getLogger(CardChange.class);
    private static final int ASK_AT_MOST = 8;
    private static final Duration ASK_EVERY = Duration.ofSeconds(5);

    private final String host;
    private final GuestAccess access;
    private final GuestStarter starter;
    private final NetworkPlug plug;

    CardChange(String host, GuestAccess access, GuestStarter starter, NetworkPlug plug) {
        this.host = host;
        this.access = access;
        this.starter = starter;
        this.plug = plug;
    }

    /** Plugs a card in, also when the guest runs and does not have it. */
    void attach(GuestSpecification guest, GuestInterface added) {
        change("attaching an interface", guest, added, this::plugIn);
    }

    /** Pulls a card out; when the guest runs and has it, waits until the guest has let go. */
    void detach(GuestSpecification guest, GuestInterface removed) {
        change("detaching an interface", guest, removed, this::pullOut);
        plug.unplug(removed);
    }

    /** What is done to a guest that runs. */
    private interface Change {
        void make(LibvirtDomain domain, GuestInterface card, GuestShape shape);
    }

    private void change(String what, GuestSpecification guest, GuestInterface card, Change change) {
        SpecificationCheck.of(guest, card);
        GuestShape shape = starter.shapeOf(guest);
        access.change(what, guest.id(), (connection, domain) -> {
            if (domain.state().active()) {
                change.make(domain, card, shape);
            }
            starter.define(connection, guest, shape).close();
        });
    }

    private void plugIn(LibvirtDomain domain, GuestInterface card, GuestShape shape) {
        if (has(domain, card)) {
            return;
        }
        plug.plug(card);
        try {
            domain.attach(DomainDefinition.of(card, shape));
        } catch (LibvirtException refusal) {
            plug.unplug(card);
            throw refusal;
        }
    }

    private void pullOut(LibvirtDomain domain, GuestInterface card, GuestShape shape) {
        for (int asked = 0; asked < ASK_AT_MOST; asked++) {
            if (!domain.state().active() || !has(domain, card)) {
                return;
            }
            ask(domain, card, shape);
            if (GuestPower.await(host, ASK_EVERY, () -> !domain.state().active() || !has(domain, card))) {
                return;
            }
        }
        throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the guest does not let go of the card");
    }

    /** A guest that is still booting hears nothing, so it is asked again; libvirt then says that it is asked already. */
    private static void ask(LibvirtDomain domain, GuestInterface card, GuestShape shape) {
        try {
            domain.detach(DomainDefinition.of(card, shape));
        } catch (LibvirtException refusal) {
            if (refusal.fault().unreachable()) {
                throw refusal;
            }
            LOG.info("Detaching card {}: {}", card.portId(), refusal.getMessage());
        }
    }

    private static boolean has(LibvirtDomain domain, GuestInterface card) {
        return DomainDocument.parse(domain.liveXml()).hasCard(card.macAddress());
    }
}
