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
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Boots real guests. Each takes about 15 s of emulation on a quiet machine; waits are for what a guest says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LibvirtHypervisorTest {
    private static final Duration GRACE = Duration.ofSeconds(90);

    private GuestHost node;
    private LibvirtHypervisor hypervisor;

    @BeforeAll
    void start() throws Exception {
        node = GuestHost.start();
        hypervisor = node.hypervisor();
    }

    @AfterAll
    void stop() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void a_guest_from_a_disk_image_lives_through_every_command() throws Exception {
        GuestInterface first = GuestHost.card();
        GuestSpecification guest = node.fromDisk(List.of(first));
        String id = guest.id();
        List<GuestEvent> events = new ArrayList<>();
        try (AutoCloseable _ = hypervisor.subscribe(event -> {
            synchronized (events) {
                events.add(event);
            }
        })) {
            hypervisor.spawn(guest, Progress.silent());
            assertThat(node.report(id)).contains(new GuestReport(id, guest.hypervisorName(), true, PowerState.RUNNING));
            assertThat(node.plug.plugged).contains(first.portId());
            node.awaitSaid(
                    id, GuestHost.READY + " hostname=from-the-drive address=none metadata=none configdrive=ok", 1);
            assertThat(node.said(id))
                    .contains("KILONOVA-GUEST-DISK vda " + (2L << 30), "KILONOVA-GUEST-DISK vdb " + (1L << 30));

            hypervisor.spawn(guest, Progress.silent());
            assertThat(node.images.timesOpened("guest")).isEqualTo(1);
            assertThat(hypervisor.graphics(id)).hasValueSatisfying(screen -> {
                assertThat(screen.protocol()).isEqualTo("vnc");
                assertThat(screen.address()).isEqualTo("127.0.0.1");
                assertThat(screen.port()).isPositive();
            });

            hypervisor.pause(id);
            hypervisor.pause(id);
            assertThat(node.power(id)).isEqualTo(PowerState.PAUSED);
            hypervisor.unpause(id);
            hypervisor.unpause(id);
            assertThat(node.power(id)).isEqualTo(PowerState.RUNNING);

            GuestInterface second = GuestHost.card();
            GuestSpecification withTwo = Specifications.with(guest, first, second);
            hypervisor.attachInterface(withTwo, second);
            hypervisor.attachInterface(withTwo, second);
            node.awaitSaid(id, "KILONOVA-GUEST-CARD eth1 " + second.macAddress(), 1);
            assertThat(node.plug.plugged).contains(first.portId(), second.portId());
            hypervisor.detachInterface(guest, second);
            hypervisor.detachInterface(guest, second);
            node.awaitSaid(id, "KILONOVA-GUEST-CARD-GONE eth1", 1);
            assertThat(node.plug.plugged).contains(first.portId()).doesNotContain(second.portId());

            hypervisor.reboot(guest, RebootKind.SOFT, GRACE);
            node.awaitSaid(id, GuestHost.READY, 2);
            assertThat(node.said(id)).contains("KILONOVA-GUEST-POWER-BUTTON");

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
        node.assertNothingIsLeftOf(id);
    }

    @Test
    void a_guest_from_a_kernel_sleeps_stops_and_survives_the_death_of_libvirtd() throws Exception {
        GuestSpecification guest = node.fromKernel();
        String id = guest.id();
        hypervisor.spawn(guest, Progress.silent());
        node.awaitSaid(id, GuestHost.READY, 1);
        node.awaitSaid(id, "KILONOVA-GUEST-TICK 3", 1);

        hypervisor.suspend(id);
        hypervisor.suspend(id);
        assertThat(node.power(id)).isEqualTo(PowerState.SUSPENDED);
        int ticksBefore = node.lastTick(id);
        hypervisor.resume(guest);
        hypervisor.resume(guest);
        await().atMost(GuestHost.BOOT).until(() -> node.lastTick(id) > ticksBefore + 1);
        assertThat(node.timesSaid(id, GuestHost.READY)).isEqualTo(1);

        node.libvirt.kill();
        assertThatThrownBy(hypervisor::guests)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(HypervisorError.HYPERVISOR_UNREACHABLE))
                .hasMessageNotContaining(node.libvirt.state().toString());
        node.libvirt.startAgain();
        assertThat(node.power(id)).isEqualTo(PowerState.RUNNING);
        int ticksThen = node.lastTick(id);
        await().atMost(GuestHost.BOOT).until(() -> node.lastTick(id) > ticksThen);

        hypervisor.stop(id, GRACE);
        hypervisor.stop(id, GRACE);
        assertThat(node.power(id)).isEqualTo(PowerState.SHUT_DOWN);
        assertThat(node.said(id)).contains("KILONOVA-GUEST-POWER-BUTTON");
        hypervisor.start(guest);
        hypervisor.start(guest);
        node.awaitSaid(id, GuestHost.READY, 2);

        hypervisor.reboot(guest, RebootKind.HARD, Duration.ZERO);
        assertThat(node.power(id)).isEqualTo(PowerState.RUNNING);
        hypervisor.stop(id, Duration.ZERO);
        hypervisor.destroy(id);
        node.assertNothingIsLeftOf(id);
    }

    @Test
    void a_guest_that_libvirt_refuses_leaves_nothing_behind() {
        GuestSpecification sound = node.fromDisk(List.of(GuestHost.card()));
        GuestSpecification guest = Specifications.with(sound, Map.of("hw_machine_type", "no-such-machine"));
        assertThatThrownBy(() -> hypervisor.spawn(guest, Progress.silent()))
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(HypervisorError.HYPERVISOR_REFUSED));
        node.assertNothingIsLeftOf(guest.id());
    }

    @Test
    void a_guest_that_others_made_is_reported_and_never_touched() {
        String id = UUID.randomUUID().toString();
        try (LibvirtConnection connection = LibvirtConnection.open(
                LibvirtLibrary.load(), node.libvirt.options().connectionUri(), Duration.ofSeconds(5))) {
            connection
                    .define("<domain type='qemu'><name>foreign</name><uuid>" + id
                            + "</uuid><memory unit='MiB'>16</memory><os><type>hvm</type></os></domain>")
                    .close();
            assertThat(node.report(id)).contains(new GuestReport(id, "foreign", false, PowerState.SHUT_DOWN));
            hypervisor.destroy(id);
            assertThatThrownBy(() -> hypervisor.stop(id, Duration.ZERO))
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            failure -> assertThat(failure.code()).isEqualTo(HypervisorError.GUEST_NOT_FOUND));
            assertThat(node.report(id)).isPresent();
            try (LibvirtDomain foreign = connection.lookup(id).orElseThrow()) {
                foreign.undefine();
            }
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
}
