package io.kilonova.api;

import io.kilonova.access.Policy;
import io.kilonova.http.Handler;
import io.kilonova.http.HttpError;
import io.kilonova.http.Routes;

/** Ends the lines of routes that are not answered: those that are not built yet, and those that Nova took away. */
final class Unbuilt {
    private static final String MEANING = "Ask for what is not built yet";
    private static final Policy REMOVED = Policy.anyone("kilonova:removed", "Ask for what Nova took away");

    private Unbuilt() {}

    /** Says 501 and what is missing. */
    static Handler says(String what) {
        return request -> {
            throw HttpError.NOT_BUILT.with(what);
        };
    }

    /** Ends a line of what was taken away: 410. */
    static void gone(Routes.PolicyStep route) {
        gone(route.policy(REMOVED));
    }

    /** Begins a line of what was taken away, for one that has a window of versions. */
    static Routes.RouteStep removed(Routes.PolicyStep route) {
        return route.policy(REMOVED);
    }

    static void gone(Routes.RouteStep route) {
        route.to(request -> {
            throw HttpError.GONE.with();
        });
    }

    static Policy admin(String name) {
        return Policy.admin("os_compute_api:" + name, MEANING);
    }

    static Policy member(String name) {
        return Policy.member("os_compute_api:" + name, MEANING);
    }

    static Policy reader(String name) {
        return Policy.reader("os_compute_api:" + name, MEANING);
    }

    static Policy service(String name) {
        return Policy.service("os_compute_api:" + name, MEANING);
    }
}
