package io.kilonova.servers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of hosts that a tenant may compare and not read ({@code hostId}): SHA-224 of project and host. */
public final class HostIds {
    private HostIds() {}

    /** The name of {@code host} as {@code projectId} sees it. */
    public static String of(String projectId, String host) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-224").digest((projectId + host).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("every JDK has SHA-224", exception);
        }
    }
}
