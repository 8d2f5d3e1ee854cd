package io.kilonova.node;

import java.net.URI;

/**
 * Where a node is and who has to be there.
 *
 * @param id the node's id
 * @param address HOST:PORT of its agent
 */
public record NodeAddress(String id, String address) {
    URI uri(String path) {
        return URI.create("https://" + address + path);
    }
}
