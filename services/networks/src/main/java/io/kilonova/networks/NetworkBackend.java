package io.kilonova.networks;

/**
 * What makes networks real. It is told after the commit of each change and reads the present state itself, so that a change
 * which is told twice, late or in another order does no harm.
 */
public interface NetworkBackend {
    /**
     * Something of this kind changed, came or went.
     *
     * @param kind {@code network}, {@code subnet}, {@code port}, {@code security_group}, {@code router} or {@code floatingip}
     * @param id its id
     */
    void changed(String kind, String id);

    /** Waits until all changes that were told before are real; for a server that is about to start. */
    void settle();

    /** Networks that are records only. */
    static NetworkBackend none() {
        return new NetworkBackend() {
            @Override
            public void changed(String kind, String id) {}

            @Override
            public void settle() {}
        };
    }
}
