package io.kilonova.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.kilonova.access.Visibility;
import io.kilonova.networks.Networks;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerStore;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the server that asks. Whose an address is is asked anew for each request (one look-up by key): an address changes
 * hands within a second, and a remembered owner's user data would be read by the next one. What is remembered for a few
 * seconds, by the server's id, is its row: a booting guest asks some thirty times in a row.
 */
public final class Guests {
    private static final Duration REMEMBERED = Duration.ofSeconds(2);
    private static final int MAXIMUM_REMEMBERED = 2_000;

    private final Networks networks;
    private final Function<String, Optional<Server>> servers;
    private final Cache<String, Server> known;

    /** The guests of a cloud. */
    public Guests(Networks networks, ServerStore servers) {
        this(networks, id -> servers.find(Visibility.everything(), id), Ticker.systemTicker());
    }

    /**
     * The same with its parts in the open.
     *
     * @param servers finds a server by its id
     * @param ticker tells how time passes
     */
    Guests(Networks networks, Function<String, Optional<Server>> servers, Ticker ticker) {
        this.networks = networks;
        this.servers = servers;
        this.known = Caffeine.newBuilder()
                .expireAfterWrite(REMEMBERED)
                .maximumSize(MAXIMUM_REMEMBERED)
                .ticker(ticker)
                .build();
    }

    /**
     * The server that has an address on a network now.
     *
     * @param networkId of the socket at which was asked
     * @param address from which was asked
     */
    public Optional<Server> at(String networkId, String address) {
        return networks.serverAt(networkId, address).flatMap(this::named);
    }

    /** The server of this id. */
    Optional<Server> named(String id) {
        return Optional.ofNullable(known.get(id, key -> servers.apply(key).orElse(null)));
    }
}
