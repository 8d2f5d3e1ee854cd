package io.kilonova.scheduling;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Filters that keep servers together or apart. */
final class AffinityFilters {
    private static final int DEFAULT_PREFIX_BITS = 24;

    private AffinityFilters() {}

    /** Keeps servers of a group apart. Checked again inside the commit, so two requests at once cannot both win. */
    static HostFilter serverGroupAntiAffinity() {
        return HostFilter.of(
                "ServerGroupAntiAffinityFilter",
                request -> request.group()
                        .filter(group -> group.policy() == GroupPolicy.ANTI_AFFINITY)
                        .map(group -> HostCheck.of(
                                host -> group.membersOn(host.name()) < group.maximumServersPerHost(),
                                host -> "already runs %d of the group, at most %d may"
                                        .formatted(group.membersOn(host.name()), group.maximumServersPerHost()))));
    }

    /** Keeps servers of a group on the host where its members are; the first may go anywhere. */
    static HostFilter serverGroupAffinity() {
        return HostFilter.of(
                "ServerGroupAffinityFilter",
                request -> request.group()
                        .filter(group -> group.policy() == GroupPolicy.AFFINITY
                                && !group.membersByHost().isEmpty())
                        .map(group -> HostCheck.of(
                                host -> group.membersOn(host.name()) > 0, host -> "runs no server of the group")));
    }

    /** Hint {@code different_host}: away from the named servers. */
    static HostFilter differentHost() {
        return HostFilter.of("DifferentHostFilter", request -> {
            Set<String> avoided = hostsOf(request.hints(), "different_host");
            return avoided.isEmpty()
                    ? Optional.empty()
                    : Optional.of(HostCheck.of(
                            host -> !avoided.contains(host.name()), host -> "runs a server that is to be avoided"));
        });
    }

    /** Hint {@code same_host}: on the host of one of the named servers. */
    static HostFilter sameHost() {
        return HostFilter.of("SameHostFilter", request -> {
            if (request.hints().all("same_host").isEmpty()) {
                return Optional.empty();
            }
            Set<String> wanted = hostsOf(request.hints(), "same_host");
            return Optional.of(
                    HostCheck.of(host -> wanted.contains(host.name()), host -> "runs none of the servers to be with"));
        });
    }

    /** Hints {@code build_near_host_ip} and {@code cidr}: on a host whose address is in that network. */
    static HostFilter simpleCidrAffinity() {
        return HostFilter.of("SimpleCIDRAffinityFilter", request -> {
            Optional<String> address = request.hints().first("build_near_host_ip");
            if (address.isEmpty()) {
                return Optional.empty();
            }
            byte[] near = literal("build_near_host_ip", address.get());
            int bits = request.hints()
                    .first("cidr")
                    .map(text -> prefix(text, near.length * 8))
                    .orElse(DEFAULT_PREFIX_BITS);
            return Optional.of(HostCheck.of(
                    host -> inNetwork(host.hypervisor().address(), near, bits),
                    host -> "its address " + host.hypervisor().address() + " is not in the network asked for"));
        });
    }

    private static Set<String> hostsOf(SchedulerHints hints, String hint) {
        List<String> servers = hints.all(hint);
        Set<String> hosts = new HashSet<>();
        for (String server : servers) {
            String host = hints.serverHosts().get(server);
            if (host != null) {
                hosts.add(host);
            }
        }
        return hosts;
    }

    private static int prefix(String text, int mostBits) {
        String digits = text.startsWith("/") ? text.substring(1) : text;
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > mostBits) {
            throw SchedulingError.HINT_INVALID.with("cidr", "it must be /0 to /" + mostBits);
        }
        return Integer.parseInt(digits);
    }

    private static byte[] literal(String hint, String address) {
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException failure) {
            throw SchedulingError.HINT_INVALID.with(hint, "it must be an IP address");
        }
    }

    private static boolean inNetwork(String address, byte[] near, int bits) {
        byte[] own;
        try {
            own = InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException unknownAddress) {
            return false;
        }
        if (own.length != near.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((own[bit / 8] & mask) != (near[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
