package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A real guest that counts each second, on its disk, and says with each number what it reads from the metadata service and
 * from a neighbour: its console tells whether it runs, whether it lost anything, and whether its network is there. 16 MiB
 * of its disk are not the image's. It writes little to its memory: of an emulated guest QEMU loses what it writes to a page just
 * as that is sent, once in a while.
 */
final class LibvirtGuest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Pattern TICK =
            Pattern.compile("TICK (\\d+) boot=(\\S+) metadata=i-\\p{XDigit}+ neighbour=neighbour");
    private static final Pattern LONELY_TICK =
            Pattern.compile("TICK (\\d+) boot=\\S+ metadata=i-\\p{XDigit}+ neighbour=\\s");
    private static final String READY = "KILONOVA-GUEST-READY";

    private final CloudApi api;
    private final String id;

    private LibvirtGuest(CloudApi api, String id) {
        this.api = api;
        this.id = id;
    }

    /** Boots a guest that runs a script, and waits until it did; {@code template} is the body of a POST with room for it. */
    static LibvirtGuest boot(CloudApi api, String template, String script) throws IOException {
        String data = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
        LibvirtGuest guest = new LibvirtGuest(
                api,
                api.post("/compute/v2.1/servers", template.formatted(data))
                        .orFail()
                        .path("server")
                        .path("id")
                        .stringValue());
        guest.awaitReady();
        return guest;
    }

    /** Waits until it has booted and read its metadata. */
    void awaitReady() {
        await("a guest to be ready")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(console()).contains(READY).contains("metadata=ok"));
    }

    /** The same, seen by another controller. */
    LibvirtGuest seenBy(CloudApi other) {
        return new LibvirtGuest(other, id);
    }

    /** The script of a guest that counts. */
    static String counting(String neighbour) {
        return """
                #!/bin/sh
                get() { printf "GET $2 HTTP/1.0\\r\\n\\r\\n" | nc -w 3 $1 80 | tail -n 1; }
                at="bs=512 count=1 conv=fsync"
                count=$(dd if=/dev/vda skip=1048576 $at 2>/dev/null | tr -d '\\0')
                [ -n "$count" ] || head -c 16777216 /dev/urandom | dd of=/dev/vda bs=1M seek=600 2>/dev/null
                ( while sleep 1; do count=$((count + 1))
                  echo $count | dd of=/dev/vda seek=1048576 $at 2>/dev/null
                  echo "TICK $count boot=$(cat /proc/sys/kernel/random/boot_id) metadata=$(get 169.254.169.254 /latest/meta-data/instance-id) neighbour=$(get %s /)" > /dev/console
                done ) &
                """.formatted(neighbour);
    }

    String id() {
        return id;
    }

    /** Its address on a network. */
    String addressOn(String network) throws IOException {
        return server().path("addresses").path(network).path(0).path("addr").stringValue();
    }

    /** The host that it is on. */
    String host() throws IOException {
        return server().path("OS-EXT-SRV-ATTR:host").stringValue();
    }

    String status() throws IOException {
        return server().path("status").stringValue();
    }

    /** Asks something of it. */
    CloudApi.Answer ask(String action) throws IOException {
        return api.post("/compute/v2.1/servers/%s/action".formatted(id), action);
    }

    /** Asks something of it that is accepted. */
    void act(String action) throws IOException {
        ask(action).orFail();
    }

    /** The hosts that its ports are bound to. */
    List<String> portHosts() throws IOException {
        List<String> hosts = new ArrayList<>();
        for (JsonNode port : api.get("/networking/v2.0/ports?device_id=" + id).path("ports")) {
            hosts.add(port.path("binding:host_id").stringValue());
        }
        return hosts;
    }

    /** Has it moved while it runs. */
    void liveMigrate(String host) throws IOException {
        act("{\"os-migrateLive\": {\"host\": \"%s\", \"block_migration\": \"auto\"}}".formatted(host));
    }

    /** Waits until its memory and disks are on their way; answers the path of the migration. */
    String awaitOnItsWay() {
        String migrations = "/compute/v2.1/servers/%s/migrations".formatted(id);
        return await("the guest to be on its way")
                .atMost(PATIENCE)
                .until(
                        () -> api.get(migrations).path("migrations").path(0),
                        migration -> migration.path("memory_processed_bytes").asLong(0) > 0)
                .path("id")
                .asString()
                .transform(number -> migrations + "/" + number);
    }

    /** Waits until nothing is done to it any more, and it is in a status on a host. */
    void awaitAtRest(String status, String host) throws IOException {
        awaitAtRest();
        assertThat(status() + " on " + host())
                .as(String.valueOf(server().path("fault")))
                .isEqualTo(status + " on " + host);
    }

    /** Waits until nothing is done to it any more. */
    void awaitAtRest() {
        await("what is done to the server to end")
                .atMost(PATIENCE)
                .until(() -> server().path("OS-EXT-STS:task_state").isNull());
    }

    /** Waits until it is in a status; while it is confirmed no task says so. */
    void awaitStatus(String status) {
        await("the server to be " + status).atMost(PATIENCE).until(() -> status().equals(status));
    }

    /** The kernel of a guest found something in its memory that it had not written. */
    static final class KernelPanicked extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        KernelPanicked(String console) {
            super(console);
        }
    }

    /**
     * Waits until it has counted on from a number, read its metadata and its neighbour; answers how far it is. Throws
     * {@link KernelPanicked} once it cannot any more.
     */
    long awaitTickAfter(long number) {
        AtomicLong last = new AtomicLong();
        await("the guest to count on").atMost(PATIENCE).untilAsserted(() -> {
            String said = console();
            if (said.contains("Kernel panic")) {
                throw new KernelPanicked(said);
            }
            last.set(lastTick(said));
            assertThat(last.get()).as(said).isGreaterThan(number);
        });
        return last.get();
    }

    /** Waits until it has counted on from a number and did not reach its neighbour. */
    void awaitLonelyTickAfter(long number) {
        await("the guest not to reach its neighbour any more")
                .atMost(PATIENCE)
                .until(() -> LONELY_TICK
                        .matcher(console())
                        .results()
                        .anyMatch(tick -> Long.parseLong(tick.group(1)) > number));
    }

    /** The last number that a guest has said; it counts up, or it would have lost what it wrote. */
    private static long lastTick(String said) {
        List<Long> numbers = TICK.matcher(said)
                .results()
                .map(tick -> Long.parseLong(tick.group(1)))
                .toList();
        assertThat(numbers).isSorted();
        return numbers.isEmpty() ? 0 : numbers.getLast();
    }

    /** Which boot of it said the last number: another one than before, if it was started anew. */
    String boot() throws IOException {
        return TICK.matcher(console())
                .results()
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .group(2);
    }

    private String console() throws IOException {
        return api.post("/compute/v2.1/servers/%s/action".formatted(id), "{\"os-getConsoleOutput\": {}}")
                .orFail()
                .path("output")
                .stringValue();
    }

    private JsonNode server() throws IOException {
        return api.get("/compute/v2.1/servers/" + id).path("server");
    }

    /** Deletes it. */
    void delete() throws IOException {
        api.delete("/compute/v2.1/servers/" + id).orFail();
    }
}
