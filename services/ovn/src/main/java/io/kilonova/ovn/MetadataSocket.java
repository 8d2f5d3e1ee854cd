package io.kilonova.ovn;

import java.nio.channels.ServerSocketChannel;

/**
 * Where the guests of one network ask for metadata. A connection's source address is the asking guest's fixed address in
 * that network, which anti-spoofing vouches for.
 *
 * @param networkId the network; nothing that a guest sends can change it
 * @param channel listens at 169.254.169.254 inside the network's namespace
 */
public record MetadataSocket(String networkId, ServerSocketChannel channel) {}
