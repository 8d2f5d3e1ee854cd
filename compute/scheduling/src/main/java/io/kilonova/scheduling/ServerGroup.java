package io.kilonova.scheduling;

import java.util.HashMap;
import java.util.Map;

/**
 * The server group that a server is put in, with where its other members are.
 *
 * @param id the group's UUID
 * @param policy how its members stand to each other
 * @param maximumServersPerHost rule {@code max_server_per_host} of anti-affinity (Compute API 2.64), 1 by default
 * @param membersByHost how many members each host has, without the server that is placed
 */
public record ServerGroup(
        String id, GroupPolicy policy, int maximumServersPerHost, Map<String, Integer> membersByHost) {
    /** Keeps a copy. */
    public ServerGroup {
        membersByHost = Map.copyOf(membersByHost);
    }

    /** How many members a host has. */
    public int membersOn(String host) {
        return membersByHost.getOrDefault(host, 0);
    }

    /** The group with one more member on a host. */
    public ServerGroup joinedOn(String host) {
        Map<String, Integer> more = new HashMap<>(membersByHost);
        more.merge(host, 1, Integer::sum);
        return new ServerGroup(id, policy, maximumServersPerHost, more);
    }
}
