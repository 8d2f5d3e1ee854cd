package io.kilonova.node;

import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.storage.Transaction;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A controller that does nothing with what nodes say, and has nothing to tell them. */
class DeafController implements NodeDuties {
    @Override
    public NodeNetworks networks(String host, List<String> ports) {
        return new NodeNetworks(Optional.empty(), Map.of());
    }

    @Override
    public MetadataTold metadata(String host, String networkId, String address, String path) {
        return new MetadataTold(404, "text/plain", new byte[0]);
    }

    @Override
    public void networksChanged(List<NetworkChange> changes, boolean settle) {}

    @Override
    public void heard(String host, Duration ago) {}

    @Override
    public void unfit(String host, Duration ago, String reason) {}

    @Override
    public void renamed(String from, String to, Consumer<Transaction> also) {}

    @Override
    public void reported(String host, HostInventory inventory) {}

    @Override
    public void saw(String host, GuestEvent event) {}

    @Override
    public InputStream image(String imageId) {
        return new ByteArrayInputStream(new byte[0]);
    }
}
