package io.kilonova.ovn;

import java.nio.file.Path;
import java.util.List;

/**
 * What a daemon of OVN proves itself by, and whom it believes. The daemons look at the files again when these change.
 *
 * @param key the private key, PEM
 * @param certificate what the authority says of it, PEM
 * @param authority the authority's own certificate, PEM
 */
public record TlsFiles(Path key, Path certificate, Path authority) {
    /** As an OVSDB server takes them. */
    List<String> arguments() {
        return List.of(
                "--private-key=" + key,
                "--certificate=" + certificate,
                "--ca-cert=" + authority,
                // Its remotes for other hosts stand in its own database, with the role that holds their chassis to
                // their own rows.
                "--remote=db:OVN_Southbound,SB_Global,connections");
    }
}
