package io.kilonova.scheduling;

import java.util.Optional;
import java.util.function.Function;

/** One of Nova's filters. */
public interface HostFilter {
    /** The name in {@code [filter_scheduler] enabled_filters}. */
    String name();

    /**
     * The filter made ready for a request; empty when it has nothing to say about it, which then costs nothing.
     *
     * @throws io.kilonova.errors.ServiceException with {@link SchedulingError#HINT_INVALID} or
     *     {@link SchedulingError#EXTRA_SPEC_INVALID}
     */
    Optional<HostCheck> prepare(PlacementRequest request);

    /** A filter of a name and a function. */
    static HostFilter of(String name, Function<PlacementRequest, Optional<HostCheck>> preparation) {
        return new HostFilter() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<HostCheck> prepare(PlacementRequest request) {
                return preparation.apply(request);
            }
        };
    }
}
