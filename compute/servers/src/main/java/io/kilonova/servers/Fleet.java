package io.kilonova.servers;

import io.kilonova.spi.Hypervisor;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The hypervisors that this controller reaches, by the name of their host. Hosts may come and go. */
public interface Fleet {
    /** The hypervisor of a host, when this controller reaches it. */
    Optional<Hypervisor> find(String host);

    /** All of them. */
    Collection<Hypervisor> all();

    /**
     * The hypervisors that are asked what they have and that are listened to. Those of other machines are not among them: they
     * report by themselves, to {@link ComputeService#reported} and its neighbours.
     */
    Collection<Hypervisor> own();

    /** Whether another controller heard a host lately, from which this one may be cut off; costs a journey to each. */
    default boolean isHeardElsewhere(String host) {
        return false;
    }

    /** A fleet of these, all of this machine, in this order. */
    static Fleet of(Collection<? extends Hypervisor> hypervisors) {
        Map<String, Hypervisor> byHost = new LinkedHashMap<>();
        hypervisors.forEach(hypervisor -> byHost.put(hypervisor.host(), hypervisor));
        return new Fleet() {
            @Override
            public Optional<Hypervisor> find(String host) {
                return Optional.ofNullable(byHost.get(host));
            }

            @Override
            public Collection<Hypervisor> all() {
                return Collections.unmodifiableCollection(byHost.values());
            }

            @Override
            public Collection<Hypervisor> own() {
                return Collections.unmodifiableCollection(byHost.values());
            }
        };
    }

    /**
     * The hypervisor of a host.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#HOST_LOST}
     */
    default Hypervisor get(String host) {
        return find(host).orElseThrow(() -> ServerError.HOST_LOST.with(host));
    }

    /**
     * The hypervisor of a server.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#SERVER_NOT_READY} or {@link ServerError#HOST_LOST}
     */
    default Hypervisor of(Server server) {
        return get(server.host().orElseThrow(() -> ServerError.SERVER_NOT_READY.with(server.id())));
    }
}
