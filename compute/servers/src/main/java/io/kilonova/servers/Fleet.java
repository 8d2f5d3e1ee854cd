package io.kilonova.servers;

import io.kilonova.spi.Hypervisor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The hypervisors that this controller reaches, by the name of their host. */
public final class Fleet {
    private final Map<String, Hypervisor> hypervisors = new LinkedHashMap<>();

    /** A fleet of these. */
    public Fleet(Collection<? extends Hypervisor> hypervisors) {
        hypervisors.forEach(hypervisor -> this.hypervisors.put(hypervisor.host(), hypervisor));
    }

    /** All of them. */
    Collection<Hypervisor> all() {
        return hypervisors.values();
    }

    /** The hypervisor of a host, when this controller reaches it. */
    Optional<Hypervisor> find(String host) {
        return Optional.ofNullable(hypervisors.get(host));
    }

    /**
     * The hypervisor of a server.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#SERVER_NOT_READY} or {@link ServerError#HOST_LOST}
     */
    Hypervisor of(Server server) {
        String host = server.host().orElseThrow(() -> ServerError.SERVER_NOT_READY.with(server.id()));
        return find(host).orElseThrow(() -> ServerError.HOST_LOST.with(host));
    }
}
