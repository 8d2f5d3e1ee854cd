package io.kilonova.simulation;

import io.kilonova.node.MetadataTold;
import io.kilonova.node.NetworkChange;
import io.kilonova.node.NodeDuties;
import io.kilonova.node.NodeNetworks;
import io.kilonova.servers.ComputeService;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.storage.Transaction;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What nodes say goes to compute, as in the program; of networks and images there are only rows here. */
final class GateDuties implements NodeDuties {
    private final ComputeService compute;
    private final Bug bug;
    private final Set<String> reported = new HashSet<>();

    GateDuties(ComputeService compute, Bug bug) {
        this.compute = compute;
        this.bug = bug;
    }

    @Override
    public void heard(String host, Duration ago) {
        compute.heard(host, ago);
    }

    @Override
    public void unfit(String host, Duration ago, String reason) {
        compute.unfit(host, ago, reason);
    }

    @Override
    public void renamed(String from, String to, Consumer<Transaction> also) {
        compute.renamed(from, to, also);
    }

    @Override
    public void reported(String host, HostInventory inventory) {
        if (reported.add(host) || bug.hearsReports()) {
            compute.reported(host, inventory);
        }
    }

    @Override
    public void saw(String host, GuestEvent event) {
        compute.saw(host, event);
    }

    @Override
    public InputStream image(String imageId) {
        throw new UnsupportedOperationException("simulated guests have no disks");
    }

    @Override
    public NodeNetworks networks(String host, List<String> ports) {
        throw new UnsupportedOperationException("simulated guests have no networks");
    }

    @Override
    public MetadataTold metadata(String host, String networkId, String address, String path) {
        throw new UnsupportedOperationException("simulated guests ask for nothing");
    }

    @Override
    public void networksChanged(List<NetworkChange> changes, boolean settle) {
        throw new UnsupportedOperationException("simulated networks are rows");
    }
}
