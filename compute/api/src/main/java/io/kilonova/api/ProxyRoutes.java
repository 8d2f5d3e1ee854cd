package io.kilonova.api;

import static io.kilonova.api.Unbuilt.admin;
import static io.kilonova.api.Unbuilt.member;
import static io.kilonova.api.Unbuilt.reader;
import static io.kilonova.api.Unbuilt.says;

import io.kilonova.access.Policy;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/**
 * The parts of the Compute API that stand for other services: images, networks and volumes until 2.35 (image metadata until
 * 2.38), and servers that boot from volumes until 2.102. Each says which service to ask.
 */
final class ProxyRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";
    private static final String IMAGES = "this proxy of the image service; ask that service";
    private static final String NETWORKS = "this proxy of the network service; ask that service";
    private static final String VOLUMES = "this proxy of the volume service; ask that service";
    private static final String BARE_METAL = "bare metal";
    private static final String BOOT = "this second name of /servers; use /servers";

    @Override
    public void declare(Routes routes) {
        declareImages(routes);
        declareNetworks(routes);
        declareVolumes(routes);
        declareBareMetal(routes);
        declareBoot(routes);
    }

    private static void declareImages(Routes routes) {
        Policy images = Policy.reader("kilonova:images:proxy", "Ask for images here");
        reads(routes, "/images", images, IMAGES, "images/list_query");
        reads(routes, "/images/detail", images, IMAGES, "images/list_query");
        reads(routes, "/images/{id}", images, IMAGES, NO_QUERY);
        routes.delete("/images/{id}").policy(images).until(2, 35).to(says(IMAGES));
        String metadata = "/images/{id}/metadata";
        routes.get(metadata).policy(images).query(NO_QUERY).until(2, 38).to(says(IMAGES));
        routes.post(metadata)
                .policy(images)
                .body("image_metadata/create")
                .until(2, 38)
                .to(says(IMAGES));
        routes.put(metadata)
                .policy(images)
                .body("image_metadata/create")
                .until(2, 38)
                .to(says(IMAGES));
        routes.get(metadata + "/{key}")
                .policy(images)
                .query(NO_QUERY)
                .until(2, 38)
                .to(says(IMAGES));
        routes.put(metadata + "/{key}")
                .policy(images)
                .body("image_metadata/update")
                .until(2, 38)
                .to(says(IMAGES));
        routes.delete(metadata + "/{key}").policy(images).until(2, 38).to(says(IMAGES));
    }

    private static void declareNetworks(Routes routes) {
        reads(routes, "/os-networks", reader("os-networks:list"), NETWORKS, NO_QUERY);
        reads(routes, "/os-networks/{id}", reader("os-networks:show"), NETWORKS, NO_QUERY);
        reads(routes, "/os-tenant-networks", reader("os-tenant-networks:list"), NETWORKS, NO_QUERY);
        reads(routes, "/os-tenant-networks/{id}", reader("os-tenant-networks:show"), NETWORKS, NO_QUERY);
        reads(
                routes,
                "/os-floating-ip-pools",
                Policy.anyone("os_compute_api:os-floating-ip-pools", "List pools of floating addresses"),
                NETWORKS,
                NO_QUERY);
        reads(routes, "/os-floating-ips", reader("os-floating-ips:list"), NETWORKS, NO_QUERY);
        reads(routes, "/os-floating-ips/{id}", reader("os-floating-ips:show"), NETWORKS, NO_QUERY);
        routes.post("/os-floating-ips")
                .policy(member("os-floating-ips:create"))
                .body("floating_ips/create")
                .until(2, 35)
                .to(says(NETWORKS));
        removes(routes, "/os-floating-ips/{id}", member("os-floating-ips:delete"), NETWORKS);
        routes.post("/os-security-groups")
                .policy(member("os-security-groups:create"))
                .body("security_groups/create")
                .until(2, 35)
                .to(says(NETWORKS));
        routes.put("/os-security-groups/{id}")
                .policy(member("os-security-groups:update"))
                .body("security_groups/create")
                .until(2, 35)
                .to(says(NETWORKS));
        removes(routes, "/os-security-groups/{id}", member("os-security-groups:delete"), NETWORKS);
        routes.post("/os-security-group-rules")
                .policy(member("os-security-groups:rule:create"))
                .body("security_group_rules/create")
                .until(2, 35)
                .to(says(NETWORKS));
        removes(routes, "/os-security-group-rules/{id}", member("os-security-groups:rule:delete"), NETWORKS);
    }

    private static void declareVolumes(Routes routes) {
        String query = "volumes/list_query";
        reads(routes, "/os-volumes", reader("os-volumes:list"), VOLUMES, query);
        reads(routes, "/os-volumes/detail", reader("os-volumes:detail"), VOLUMES, query);
        reads(routes, "/os-volumes/{id}", reader("os-volumes:show"), VOLUMES, NO_QUERY);
        routes.post("/os-volumes")
                .policy(member("os-volumes:create"))
                .body("volumes/create")
                .until(2, 35)
                .to(says(VOLUMES));
        removes(routes, "/os-volumes/{id}", member("os-volumes:delete"), VOLUMES);
        reads(routes, "/os-snapshots", reader("os-volumes:snapshots:list"), VOLUMES, query);
        reads(routes, "/os-snapshots/detail", reader("os-volumes:snapshots:detail"), VOLUMES, query);
        reads(routes, "/os-snapshots/{id}", reader("os-volumes:snapshots:show"), VOLUMES, NO_QUERY);
        routes.post("/os-snapshots")
                .policy(member("os-volumes:snapshots:create"))
                .body("snapshots/create")
                .until(2, 35)
                .to(says(VOLUMES));
        removes(routes, "/os-snapshots/{id}", member("os-volumes:snapshots:delete"), VOLUMES);
    }

    private static void declareBareMetal(Routes routes) {
        Policy anyone = Policy.anyone("kilonova:baremetal", "Ask for bare metal here");
        reads(routes, "/os-baremetal-nodes", admin("os-baremetal-nodes:list"), BARE_METAL, NO_QUERY);
        reads(routes, "/os-baremetal-nodes/{id}", admin("os-baremetal-nodes:show"), BARE_METAL, NO_QUERY);
        routes.post("/os-baremetal-nodes").policy(anyone).until(2, 35).to(says(BARE_METAL));
        removes(routes, "/os-baremetal-nodes/{id}", anyone, BARE_METAL);
        Routes.Actions node = routes.actions("/os-baremetal-nodes/{id}/action");
        node.action("add_interface").policy(anyone).until(2, 35).to(says(BARE_METAL));
        node.action("remove_interface").policy(anyone).until(2, 35).to(says(BARE_METAL));
    }

    private static void declareBoot(Routes routes) {
        String path = "/os-volumes_boot";
        routes.get(path).policy(ServerPolicies.INDEX).until(2, 102).to(says(BOOT));
        routes.get(path + "/detail").policy(ServerPolicies.DETAIL).until(2, 102).to(says(BOOT));
        routes.post(path).policy(ServerPolicies.CREATE).until(2, 102).to(says(BOOT));
        routes.get(path + "/{id}").policy(ServerPolicies.SHOW).until(2, 102).to(says(BOOT));
        routes.put(path + "/{id}").policy(ServerPolicies.UPDATE).until(2, 102).to(says(BOOT));
        routes.delete(path + "/{id}")
                .policy(ServerPolicies.DELETE)
                .until(2, 102)
                .to(says(BOOT));
        Routes.Actions server = routes.actions(path + "/{id}/action");
        server.action("os-start").policy(ServerPolicies.START).until(2, 102).to(says(BOOT));
        server.action("os-stop").policy(ServerPolicies.STOP).until(2, 102).to(says(BOOT));
        server.action("reboot").policy(ServerPolicies.REBOOT).until(2, 102).to(says(BOOT));
        server.action("rebuild").policy(ServerPolicies.REBUILD).until(2, 102).to(says(BOOT));
        server.action("resize").policy(member("servers:resize")).until(2, 102).to(says(BOOT));
        server.action("confirmResize")
                .policy(member("servers:confirm_resize"))
                .until(2, 102)
                .to(says(BOOT));
        server.action("revertResize")
                .policy(member("servers:revert_resize"))
                .until(2, 102)
                .to(says(BOOT));
        server.action("createImage")
                .policy(member("servers:create_image"))
                .until(2, 102)
                .to(says(BOOT));
        server.action("trigger_crash_dump")
                .policy(member("servers:trigger_crash_dump"))
                .since(2, 17)
                .until(2, 102)
                .to(says(BOOT));
    }

    private static void reads(Routes routes, String path, Policy policy, String what, String query) {
        routes.get(path).policy(policy).query(query).until(2, 35).to(says(what));
    }

    private static void removes(Routes routes, String path, Policy policy, String what) {
        routes.delete(path).policy(policy).until(2, 35).to(says(what));
    }
}
