package io.kilonova.launcher;

import io.kilonova.http.FaultFormat;
import io.kilonova.http.Handler;
import io.kilonova.http.HttpError;
import io.kilonova.http.Routes;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where block storage will be: says so with 501 whatever is asked. The catalog does not name it. */
final class UnbuiltVolumes {
    private static final int DEEPEST_PATH = 6;
    private static final Handler REFUSES = request -> {
        throw HttpError.NOT_BUILT.with("volumes");
    };

    private UnbuiltVolumes() {}

    static ServiceApi api() {
        return new ServiceApi(
                "volume",
                "/volume",
                FaultFormat.COMPUTE,
                Optional.empty(),
                List.of("x-openstack-request-id"),
                ServiceApi.DEFAULT_MAXIMUM_BODY_BYTES,
                false,
                new SchemaLibrary("schemas/none"),
                Map.of("", new ServiceApi.Root(List.of(UnbuiltVolumes::declare), false)));
    }

    private static void declare(Routes routes) {
        StringBuilder path = new StringBuilder();
        for (int depth = 0; depth <= DEEPEST_PATH; depth++) {
            String each = depth == 0
                    ? "/"
                    : path.append("/{").append((char) ('a' + depth)).append('}').toString();
            routes.get(each).unauthenticated().to(REFUSES);
            routes.post(each).unauthenticated().to(REFUSES);
            routes.put(each).unauthenticated().to(REFUSES);
            routes.patch(each).unauthenticated().to(REFUSES);
            routes.delete(each).unauthenticated().to(REFUSES);
        }
    }
}
