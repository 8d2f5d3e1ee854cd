package io.kilonova.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A service with its routes ready to be found. */
final class MountedService {
    private static final Pattern PROJECT = Pattern.compile("[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final ServiceApi api;
    private final Map<String, Router> routers = new HashMap<>();

    /**
     * Where a path leads within a service.
     *
     * @param root the version folder, empty for the root
     * @param negotiates whether microversions hold
     * @param project the project in the path, empty when it has none
     * @param match the routes found
     */
    record Place(String root, boolean negotiates, String project, Router.Match match) {}

    MountedService(ServiceApi api) {
        this.api = api;
        api.roots().forEach((root, routes) -> routers.put(root, new Router(Routes.of(routes.tables()))));
    }

    ServiceApi api() {
        return api;
    }

    /**
     * Finds the version folder, the project and the routes of a path below the service's mount.
     *
     * @param endsInSlash whether an empty segment follows, which leads nowhere: {@code /servers/} with an id that is missing
     *     is no list of servers
     */
    Place place(List<String> segments, boolean endsInSlash) {
        String root = segments.isEmpty() ? "" : "/" + segments.getFirst();
        ServiceApi.Root folder = api.roots().get(root);
        if (folder == null) {
            root = "";
            folder = api.roots().get("");
        }
        if (folder == null) {
            return new Place("", false, "", Router.Match.NONE);
        }
        List<String> rest = root.isEmpty() ? segments : segments.subList(1, segments.size());
        Router router = routers.get(root);
        if (router == null) {
            throw new IllegalStateException("no router for " + root);
        }
        String project = "";
        if (api.projectInPath()
                && !root.isEmpty()
                && !rest.isEmpty()
                && PROJECT.matcher(rest.getFirst()).matches()) {
            project = rest.getFirst();
            rest = rest.subList(1, rest.size());
        }
        boolean nowhere = endsInSlash && !rest.isEmpty();
        return new Place(root, folder.negotiates(), project, nowhere ? Router.Match.NONE : router.find(rest));
    }
}
