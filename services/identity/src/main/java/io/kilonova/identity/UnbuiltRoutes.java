package io.kilonova.identity;

import io.kilonova.access.Policy;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import java.util.Map;

/** What Keystone has and is not built: told honestly, instead of a 404 that reads like a wrong address. */
final class UnbuiltRoutes implements RouteTable {
    private static final Policy ANYONE = Policy.anyone("identity:unbuilt", "Ask for what is not built yet");
    private static final Map<String, String> NOT_BUILT = Map.of(
            "/OS-TRUST/trusts", "trusts; application credentials are there",
            "/OS-OAUTH1", "OAuth 1.0 consumers",
            "/OS-OAUTH2", "OAuth 2.0 clients",
            "/OS-EP-FILTER", "catalogs that differ from project to project",
            "/OS-ENDPOINT-POLICY", "policies of endpoints",
            "/policies", "policies kept by the identity service; each service has its policy file",
            "/registered_limits", "unified limits; the services have their own quotas",
            "/limits", "unified limits; the services have their own quotas",
            "/domains/{id}/config", "domains with a directory of their own",
            "/domains/config", "domains with a directory of their own");

    @Override
    public void declare(Routes routes) {
        NOT_BUILT.forEach((path, what) -> routes.unbuilt(path, ANYONE, what));
    }
}
