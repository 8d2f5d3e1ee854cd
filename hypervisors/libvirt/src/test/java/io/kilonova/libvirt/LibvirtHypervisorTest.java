package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.NetworkPlug;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Boots real guests. Each takes about 15 s of emulation on a quiet machine; waits are for what a guest says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LibvirtHypervisorTest {
    private static final Duration BOOT = Duration.ofSeconds(150);
    private static final Duration GRACE = Duration.ofSeconds(90);
    private static final String READY = "KILONOVA-GUEST-READY";

    private PrivateLibvirt libvirt;
    private LibvirtHypervisor hypervisor;
    private final PlugBoard plug = new PlugBoard();
    private final GuestImages images = new GuestImages();
    private ImageReference disk;
    private ImageReference kernel;
    private ImageReference ramdisk;
    private ImageReference empty;

    /** A network that remembers what is plugged in. */
    private static final class PlugBoard implements NetworkPlug {
        private final Queue<String> plugged = new ConcurrentLinkedQueue<>();

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

    @BeforeAll
    void start() throws Exception {
        libvirt = new PrivateLibvirt();
        Path guest = GuestImages.built();
        disk = images.add("guest", ImageFormat.QCOW2, guest.resolve("guest.qcow2"), 1L << 30);
        kernel = images.add("kernel", ImageFormat.AKI, guest.resolve("vmlinuz"), 0);
        ramdisk = images.add("ramdisk", ImageFormat.ARI, guest.resolve("initrd.gz"), 0);
        Path blank = Files.write(guest.resolve("blank.raw"), new byte[1 << 20]);
        empty = images.add("blank", ImageFormat.AMI, blank, 1 << 20);
        hypervisor = new LibvirtHypervisor(libvirt.options(), images, plug);
    }

    @AfterAll
    void stop() throws Exception {
        if (hypervisor != null) {
            hypervisor.close();
        }
        if (libvirt != null) {
            libvirt.close();
        }
    }

    @Test
    void a_guest_from_a_disk_image_lives_through_every_command() throws Exception {
        GuestInterface first = card();
        GuestSpecification guest = fromDisk(List.of(first));
        String id = guest.id();
        List<GuestEvent> events = new ArrayList<>();
        try (AutoCloseable _ = hypervisor.subscribe(event -> {
            synchronized (events) {
                events.add(event);
            }
        })) {
            hypervisor.spawn(guest, Progress.silent());
            assertThat(report(id)).contains(new GuestReport(id, guest.hypervisorName(), true, PowerState.RUNNING));
            assertThat(plug.plugged).contains(first.portId());
            awaitSaid(id, READY + " hostname=from-the-drive address=none metadata=none configdrive=ok", 1);
            assertThat(said(id))
                    .contains("KILONOVA-GUEST-DISK vda " + (2L << 30), "KILONOVA-GUEST-DISK vdb " + (1L << 30));

            hypervisor.spawn(guest, Progress.silent());
            assertThat(images.timesOpened("guest")).isEqualTo(1);
            assertThat(hypervisor.graphics(id)).hasValueSatisfying(screen -> {
                assertThat(screen.protocol()).isEqualTo("vnc");
                assertThat(screen.address()).isEqualTo("127.0.0.1");
                assertThat(screen.port()).isPositive();
            });

            hypervisor.pause(id);
            hypervisor.pause(id);
            assertThat(power(id)).isEqualTo(PowerState.PAUSED);
            hypervisor.unpause(id);
            hypervisor.unpause(id);
            assertThat(power(id)).isEqualTo(PowerState.RUNNING);

            GuestInterface second = card();
            GuestSpecification withTwo = Specifications.with(guest, first, second);
            hypervisor.attachInterface(withTwo, second);
            hypervisor.attachInterface(withTwo, second);
            awaitSaid(id, "KILONOVA-GUEST-CARD eth1 " + second.macAddress(), 1);
            assertThat(plug.plugged).contains(first.portId(), second.portId());
            hypervisor.detachInterface(guest, second);
            hypervisor.detachInterface(guest, second);
            awaitSaid(id, "KILONOVA-GUEST-CARD-GONE eth1", 1);
            assertThat(plug.plugged).contains(first.portId()).doesNotContain(second.portId());

            hypervisor.reboot(guest, RebootKind.SOFT, GRACE);
            awaitSaid(id, READY, 2);
            assertThat(said(id)).contains("KILONOVA-GUEST-POWER-BUTTON");

            hypervisor.destroy(id);
            hypervisor.destroy(id);
            await().untilAsserted(() -> {
                synchronized (events) {
                    assertThat(events)
                            .containsSubsequence(
                                    new GuestEvent(id, PowerState.RUNNING),
                                    new GuestEvent(id, PowerState.PAUSED),
                                    new GuestEvent(id, PowerState.RUNNING),
                                    new GuestEvent(id, PowerState.SHUT_DOWN),
                                    new GuestEvent(id, PowerState.RUNNING),
                                    new GuestEvent(id, PowerState.SHUT_DOWN));
                }
            });
        }
        assertNothingIsLeftOf(id);
    }

    @Test
    void a_guest_from_a_kernel_sleeps_stops_and_survives_the_death_of_libvirtd() throws Exception {
        GuestSpecification guest = fromKernel();
        String id = guest.id();
        hypervisor.spawn(guest, Progress.silent());
        awaitSaid(id, READY, 1);
        awaitSaid(id, "KILONOVA-GUEST-TICK 3", 1);

        hypervisor.suspend(id);
        hypervisor.suspend(id);
        assertThat(power(id)).isEqualTo(PowerState.SUSPENDED);
        int ticksBefore = lastTick(id);
        hypervisor.resume(guest);
        hypervisor.resume(guest);
        await().atMost(BOOT).until(() -> lastTick(id) > ticksBefore + 1);
        assertThat(count(said(id), READY)).isEqualTo(1);

        libvirt.kill();
        assertThatThrownBy(hypervisor::guests)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(HypervisorError.HYPERVISOR_UNREACHABLE))
                .hasMessageNotContaining(libvirt.state().toString());
        libvirt.startAgain();
        assertThat(power(id)).isEqualTo(PowerState.RUNNING);
        int ticksThen = lastTick(id);
        await().atMost(BOOT).until(() -> lastTick(id) > ticksThen);

        hypervisor.stop(id, GRACE);
        hypervisor.stop(id, GRACE);
        assertThat(power(id)).isEqualTo(PowerState.SHUT_DOWN);
        assertThat(said(id)).contains("KILONOVA-GUEST-POWER-BUTTON");
        hypervisor.start(guest);
        hypervisor.start(guest);
        awaitSaid(id, READY, 2);

        hypervisor.reboot(guest, RebootKind.HARD, Duration.ZERO);
        assertThat(power(id)).isEqualTo(PowerState.RUNNING);
        hypervisor.stop(id, Duration.ZERO);
        hypervisor.destroy(id);
        assertNothingIsLeftOf(id);
    }

    @Test
    void a_guest_that_libvirt_refuses_leaves_nothing_behind() {
        GuestSpecification sound = fromDisk(List.of(card()));
        GuestSpecification guest = Specifications.with(sound, Map.of("hw_machine_type", "no-such-machine"));
        assertThatThrownBy(() -> hypervisor.spawn(guest, Progress.silent()))
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(HypervisorError.HYPERVISOR_REFUSED));
        assertNothingIsLeftOf(guest.id());
    }

    @Test
    void a_guest_that_others_made_is_reported_and_never_touched() {
        String id = UUID.randomUUID().toString();
        NativeThreads threads = new NativeThreads(2);
        try (LibvirtConnection connection = LibvirtConnection.open(
                LibvirtLibrary.load(), threads, libvirt.options().connectionUri(), Duration.ofSeconds(5))) {
            connection
                    .define("<domain type='qemu'><name>foreign</name><uuid>" + id
                            + "</uuid><memory unit='MiB'>16</memory><os><type>hvm</type></os></domain>")
                    .close();
            assertThat(report(id)).contains(new GuestReport(id, "foreign", false, PowerState.SHUT_DOWN));
            hypervisor.destroy(id);
            assertThatThrownBy(() -> hypervisor.stop(id, Duration.ZERO))
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            failure -> assertThat(failure.code()).isEqualTo(HypervisorError.GUEST_NOT_FOUND));
            assertThat(report(id)).isPresent();
            try (LibvirtDomain foreign = connection.lookup(id).orElseThrow()) {
                foreign.undefine();
            }
        } finally {
            threads.close();
        }
    }

    @Test
    void the_inventory_tells_what_the_host_is() {
        HostInventory inventory = hypervisor.inventory();
        assertThat(inventory.hypervisorType()).isEqualTo("QEMU");
        assertThat(inventory.hypervisorVersion()).isGreaterThan(5_000_000);
        assertThat(inventory.virtualCpus()).isPositive();
        assertThat(inventory.memoryMebibytes()).isGreaterThan(512);
        assertThat(inventory.diskGibibytes()).isPositive();
        assertThat(inventory.hypervisorHostname()).isNotEmpty();
        assertThat(inventory.cpuInformation()).contains("\"arch\":\"x86_64\"", "\"topology\"");
        assertThat(inventory.traits()).contains("HW_CPU_X86_SSE2", "COMPUTE_NET_ATTACH_INTERFACE");
    }

    private Optional<GuestReport> report(String id) {
        return hypervisor.guests().stream()
                .filter(guest -> guest.id().equals(id))
                .findFirst();
    }

    private PowerState power(String id) {
        return report(id).orElseThrow().power();
    }

    private String said(String id) {
        return new String(hypervisor.console(id, 1 << 20), StandardCharsets.UTF_8);
    }

    private void awaitSaid(String id, String text, int times) {
        await().atMost(BOOT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(count(said(id), text))
                        .as("times that the guest said %s; it said: %s", text, said(id))
                        .isGreaterThanOrEqualTo(times));
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private int lastTick(String id) {
        Matcher ticks = Pattern.compile("KILONOVA-GUEST-TICK (\\d+)\\r?\\n").matcher(said(id));
        int last = 0;
        while (ticks.find()) {
            last = Integer.parseInt(ticks.group(1));
        }
        return last;
    }

    private void assertNothingIsLeftOf(String id) {
        assertThat(report(id)).isEmpty();
        assertThat(libvirt.state().resolve(id)).doesNotExist();
        assertThat(libvirt.state().resolve(id + ".building")).doesNotExist();
        assertThat(plug.plugged).isEmpty();
        assertThatThrownBy(() -> hypervisor.console(id, 10)).isInstanceOf(ServiceException.class);
    }

    private GuestSpecification fromDisk(List<GuestInterface> cards) {
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

    private GuestSpecification fromKernel() {
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

    private static GuestInterface card() {
        UUID port = UUID.randomUUID();
        String hex = port.toString().replace("-", "");
        String mac = "fa:16:3e:%s:%s:%s".formatted(hex.substring(0, 2), hex.substring(2, 4), hex.substring(4, 6));
        return new GuestInterface(port.toString(), "tap" + hex.substring(0, 11), mac, 1442, "virtio");
    }
}
