package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.NetworkPlug;
import io.kilonova.spi.PowerState;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host of the test's own: a libvirtd, images, a network that remembers, and what its guests say. */
final class GuestHost implements AutoCloseable {
    /** A guest takes about 15 s of emulation on a quiet machine to say that it is ready. */
    static final Duration BOOT = Duration.ofSeconds(150);

    static final String READY = "KILONOVA-GUEST-READY";
    private static final Pattern TICK = Pattern.compile("KILONOVA-GUEST-TICK (\\d+)\\r?\\n");

    final PrivateLibvirt libvirt;
    final GuestImages images = new GuestImages();
    final PlugBoard plug = new PlugBoard();
    private final LibvirtOptions options;
    private final ImageReference disk;
    private final ImageReference kernel;
    private final ImageReference ramdisk;
    private final ImageReference empty;
    private final Map<String, RandomAccessFile> terminals = new ConcurrentHashMap<>();
    private LibvirtHypervisor hypervisor;

    /** A network that remembers what is plugged in. */
    static final class PlugBoard implements NetworkPlug {
        final Queue<String> plugged = new ConcurrentLinkedQueue<>();

        @Override
        public void plug(GuestInterface card) {
            if (!plugged.contains(card.portId())) {
                plugged.add(card.portId());
            }
        }

        @Override
        public void unplug(GuestInterface card) {
            plugged.remove(card.portId());
        }
    }

    private GuestHost(PrivateLibvirt libvirt, LibvirtOptions options) throws Exception {
        this.libvirt = libvirt;
        this.options = options;
        Path guest = GuestImages.built();
        disk = images.add("guest", ImageFormat.QCOW2, guest.resolve("guest.qcow2"), 1L << 30);
        kernel = images.add("kernel", ImageFormat.AKI, guest.resolve("vmlinuz"), 0);
        ramdisk = images.add("ramdisk", ImageFormat.ARI, guest.resolve("initrd.gz"), 0);
        Path blank = Files.write(guest.resolve("blank.raw"), new byte[1 << 20]);
        empty = images.add("blank", ImageFormat.AMI, blank, 1 << 20);
        hypervisor = new LibvirtHypervisor(options, images, plug);
    }

    static GuestHost start() throws Exception {
        return start("node-1", Duration.ofSeconds(5));
    }

    /** With another name, and another patience with a silent libvirtd. */
    static GuestHost start(String name, Duration keepAlive) throws Exception {
        PrivateLibvirt libvirt = new PrivateLibvirt();
        LibvirtOptions options = libvirt.options();
        return new GuestHost(
                libvirt,
                new LibvirtOptions(
                        name,
                        options.hostAddress(),
                        options.connectionUri(),
                        options.instancesFolder(),
                        options.virtualisation(),
                        keepAlive,
                        options.commandsMaximum()));
    }

    LibvirtHypervisor hypervisor() {
        return hypervisor;
    }

    /** Lets go of the host and takes it over again, as a restart of the program does. */
    void restartAgent() {
        hypervisor.close();
        hypervisor = new LibvirtHypervisor(options, images, plug);
    }

    Optional<GuestReport> report(String id) {
        return hypervisor.guests().stream()
                .filter(guest -> guest.id().equals(id))
                .findFirst();
    }

    PowerState power(String id) {
        return report(id).orElseThrow().power();
    }

    /** What the guest wrote to its serial console. */
    String said(String id) {
        return new String(hypervisor.console(id, 1 << 20), StandardCharsets.UTF_8);
    }

    /** Types a line into the shell on the guest's serial console. */
    void type(String id, String line) throws Exception {
        String terminal = onDomain(
                id,
                domain -> DomainDocument.parse(domain.liveXml())
                        .first("devices/serial/source")
                        .orElseThrow()
                        .getAttribute("path"));
        if (!terminals.containsKey(terminal)) {
            terminals.put(terminal, new RandomAccessFile(terminal, "rw"));
            Thread.ofPlatform().daemon().start(() -> drain(terminals.get(terminal)));
        }
        terminals.get(terminal).writeBytes(line + "\n");
    }

    /** QEMU takes what is typed while someone listens; what the guest says is read from its log. */
    private static void drain(RandomAccessFile terminal) {
        try {
            while (terminal.read() >= 0) {
                // Nobody needs it.
            }
        } catch (IOException ended) {
            // The guest has ended.
        }
    }

    /** How fast a guest may move, in MiB a second. */
    void speed(String id, int mebibytesEachSecond) throws Exception {
        String name = report(id).orElseThrow().name();
        Process virsh = new ProcessBuilder(
                        "virsh",
                        "-c",
                        options.connectionUri(),
                        "migrate-setspeed",
                        name,
                        String.valueOf(mebibytesEachSecond))
                .inheritIO()
                .start();
        assertThat(virsh.waitFor()).isZero();
    }

    private <T> T onDomain(String id, Function<LibvirtDomain, T> work) {
        try (LibvirtConnection connection =
                LibvirtConnection.open(LibvirtLibrary.load(), options.connectionUri(), Duration.ofSeconds(5))) {
            return connection.on(id, work).orElseThrow();
        }
    }

    void awaitSaid(String id, String text, int times) {
        await().atMost(BOOT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(count(said(id), text))
                        .as("times that the guest said %s; it said: %s", text, said(id))
                        .isGreaterThanOrEqualTo(times));
    }

    int timesSaid(String id, String text) {
        return count(said(id), text);
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    /** How far the guest has counted. */
    int lastTick(String id) {
        Matcher ticks = TICK.matcher(said(id));
        int last = 0;
        while (ticks.find()) {
            last = Integer.parseInt(ticks.group(1));
        }
        return last;
    }

    /** Waits until the guest has counted on. */
    void awaitTick(String id) {
        int before = lastTick(id);
        await().atMost(BOOT).until(() -> lastTick(id) > before + 1);
    }

    void assertNothingIsLeftOf(String id) {
        assertThat(report(id)).isEmpty();
        assertThat(libvirt.state().resolve(id)).doesNotExist();
        assertThat(libvirt.state().resolve(id + ".building")).doesNotExist();
        assertThat(plug.plugged).isEmpty();
        assertThatThrownBy(() -> hypervisor.console(id, 10)).isInstanceOf(ServiceException.class);
    }

    /** A guest that boots from its disk. */
    GuestSpecification fromDisk(List<GuestInterface> cards) {
        return new GuestSpecification(
                UUID.randomUUID().toString(),
                "instance-" + UUID.randomUUID().toString().substring(0, 8),
                "web <1> & ]]> \u0001",
                1,
                160,
                2,
                1,
                0,
                disk,
                Optional.empty(),
                cards,
                Optional.of(Map.of(
                        "openstack/latest/meta_data.json",
                        "{\"uuid\": \"x\", \"hostname\": \"from-the-drive\"}".getBytes(StandardCharsets.UTF_8))),
                Map.of());
    }

    /** A guest that counts the seconds. */
    GuestSpecification fromKernel() {
        return new GuestSpecification(
                UUID.randomUUID().toString(),
                "instance-" + UUID.randomUUID().toString().substring(0, 8),
                "direct",
                1,
                160,
                0,
                0,
                16,
                empty,
                Optional.of(new GuestSpecification.DirectKernel(
                        kernel, Optional.of(ramdisk), "console=tty0 console=ttyS0 quiet tick")),
                List.of(),
                Optional.empty(),
                Map.of());
    }

    /** Disks that another host sends. */
    static DiskSource sending(Supplier<InputStream> stream) {
        return new DiskSource() {
            @Override
            public String host() {
                return "another-host";
            }

            @Override
            public InputStream open() {
                return stream.get();
            }
        };
    }

    static GuestInterface card() {
        UUID port = UUID.randomUUID();
        String hex = port.toString().replace("-", "");
        String mac = "fa:16:3e:%s:%s:%s".formatted(hex.substring(0, 2), hex.substring(2, 4), hex.substring(4, 6));
        return new GuestInterface(port.toString(), "tap" + hex.substring(0, 11), mac, 1442, "virtio");
    }

    @Override
    public void close() throws Exception {
        hypervisor.close();
        libvirt.close();
    }
}
