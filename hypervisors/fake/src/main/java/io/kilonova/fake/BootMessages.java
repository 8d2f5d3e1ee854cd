package io.kilonova.fake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a fake guest has printed on its serial console: one boot after another, each ending with {@link #READY}. */
final class BootMessages {
    /** The line that says that a guest has booted. */
    static final String READY = "KILONOVA-GUEST-READY";

    private BootMessages() {}

    static byte[] of(FakeGuest guest, int virtualCpus, int maximumBytes) {
        StringBuilder text = new StringBuilder();
        // The end is all that is asked for: a guest that booted a thousand times prints its last boots only.
        int first = Math.max(1, guest.boots() - 1 - maximumBytes / 200);
        for (int boot = first; boot <= guest.boots(); boot++) {
            text.append("[    0.000000] Linux version 6.1.0-kilonova (fake) #1 SMP\n")
                    .append("[    0.000000] Command line: root=/dev/vda1 console=ttyS0\n")
                    .append("[    0.104000] smpboot: Total of %d processors activated\n".formatted(virtualCpus));
            int card = 0;
            for (String port : guest.ports()) {
                text.append("[    0.5120%02d] virtio_net virtio%d eth%d: port %s\n"
                        .formatted(card % 100, card, card, port));
                card++;
            }
            text.append("[    0.981000] Run /sbin/init as init process\n")
                    .append(guest.name())
                    .append(" login: boot ")
                    .append(boot)
                    .append('\n')
                    .append(READY)
                    .append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return bytes.length <= maximumBytes
                ? bytes
                : Arrays.copyOfRange(bytes, bytes.length - maximumBytes, bytes.length);
    }
}
