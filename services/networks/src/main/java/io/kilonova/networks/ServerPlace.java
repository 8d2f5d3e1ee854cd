package io.kilonova.networks;

/**
 * The server that cards are for.
 *
 * @param serverId the port's {@code device_id}
 * @param projectId who owns made ports
 * @param hostName the name that the guest gets by DNS and DHCP
 * @param host where it runs ({@code binding:host_id})
 * @param zone the port's {@code device_owner} is {@code compute:ZONE}
 */
public record ServerPlace(String serverId, String projectId, String hostName, String host, String zone) {}
