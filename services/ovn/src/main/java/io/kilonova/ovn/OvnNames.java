package io.kilonova.ovn;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * How rows of ours are called. A row's identity is computed from its table and our id, so that it is found by the
 * server's index: what a change costs does not grow with the cloud, and a row cannot be made twice.
 */
final class OvnNames {
    static final String NORTHBOUND = "OVN_Northbound";
    static final String SWITCH = "Logical_Switch";
    static final String PORT = "Logical_Switch_Port";
    static final String DHCP = "DHCP_Options";
    static final String GROUP = "Port_Group";
    static final String RULE = "ACL";
    static final String ADDRESSES = "Address_Set";
    static final String ROUTER = "Logical_Router";
    static final String ROUTER_PORT = "Logical_Router_Port";
    static final String GATEWAY = "Gateway_Chassis";
    static final String TRANSLATION = "NAT";
    static final String ROUTE = "Logical_Router_Static_Route";

    /** The key of external_ids that says whose a row is. */
    static final String OWNER = "kilonova:owner";
    /** The key of external_ids with our id. */
    static final String ID = "kilonova:id";
    /** The key of a port's external_ids with its network's id. */
    static final String OF_SWITCH = "kilonova:switch";
    /** The key of a port's external_ids with the ids of its groups. */
    static final String OF_GROUPS = "kilonova:groups";
    /** The key of a router's external_ids with its ports, each as port@switch. */
    static final String PEERS = "kilonova:peers";

    /** The id of the group whose ports drop everything that no other group allows. */
    static final String DEFAULT_DENY = "default-deny";

    private OvnNames() {}

    /** The identity of a row of ours. */
    static UUID row(String table, String id) {
        return UUID.nameUUIDFromBytes(("kilonova/" + table + "/" + id).getBytes(StandardCharsets.UTF_8));
    }

    static String network(String id) {
        return "kilonova-" + id;
    }

    static String localnet(String switchId) {
        return "localnet-" + switchId;
    }

    static String router(String id) {
        return "kilonova-" + id;
    }

    static String routerPort(String id) {
        return "lrp-" + id;
    }

    /** Names that stand in match expressions have letters, digits and underscores only. */
    static String portGroup(String id) {
        return "pg_" + id.replace('-', '_').replace('.', '_');
    }

    static String addressSet(String id) {
        return "as_" + id.replace('-', '_').replace('.', '_');
    }
}
