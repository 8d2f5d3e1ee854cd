package io.kilonova.scheduling;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A filter made ready for one request. {@link #passes} is called for up to every host of the cloud and must not allocate;
 * {@link #reason} only for the few hosts whose rejection is told.
 */
public interface HostCheck {
    /** Whether the host may be chosen as far as this check goes. */
    boolean passes(Host host);

    /** Why the host was rejected, for operators. */
    String reason(Host host);

    /** A check of two functions. */
    static HostCheck of(Predicate<Host> passes, Function<Host, String> reason) {
        return new HostCheck() {
            @Override
            public boolean passes(Host host) {
                return passes.test(host);
            }

            @Override
            public String reason(Host host) {
                return reason.apply(host);
            }
        };
    }
}
