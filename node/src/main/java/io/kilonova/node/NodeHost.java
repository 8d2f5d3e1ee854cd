package io.kilonova.node;

import io.kilonova.node.NodeCommand.Import;
import io.kilonova.node.NodeCommand.Migrate;
import io.kilonova.node.NodeCommand.Offer;
import io.kilonova.node.NodeCommand.PassageOffer;
import io.kilonova.node.NodeCommand.Ticket;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.Hypervisor;

/** What commands work with on a node. */
interface NodeHost {
    /** The hypervisor of this host. */
    Hypervisor hypervisor();

    /** The disks that an import names, fetched from the node that has them. */
    DiskSource disksOf(Import asked);

    /** The way to the node that a running guest goes to, for as long as it takes. */
    Passage passage(Migrate asked);

    /** Lets a node reach what is ready here for a running guest that comes from there. */
    Ticket offer(PassageOffer asked);

    /** Lets a node fetch a guest's disks. */
    Ticket offer(Offer asked);

    /** Interrupts a command and returns when it has come to its end, or soon. */
    void abandon(String number);
}
