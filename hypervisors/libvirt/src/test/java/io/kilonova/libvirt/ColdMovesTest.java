package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Takes guests that are off from one real host to another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ColdMovesTest {
    private static final int MARKED_SECTOR = 3_000_000;
    private static final String READ_MARK =
            "echo \"READ-$(dd if=/dev/vda bs=512 skip=%d count=1 2>/dev/null | head -c 6)-BACK\""
                    .formatted(MARKED_SECTOR);

    private GuestHost source;
    private GuestHost destination;

    @BeforeAll
    void start() throws Exception {
        source = GuestHost.start("node-1", Duration.ofSeconds(5));
        destination = GuestHost.start("node-2", Duration.ofSeconds(5));
    }

    @AfterAll
    void stop() throws Exception {
        if (source != null) {
            source.close();
        }
        if (destination != null) {
            destination.close();
        }
    }

    @Test
    void what_a_guest_wrote_is_on_its_grown_disk_at_the_destination_and_still_at_the_source() throws Exception {
        GuestSpecification guest = source.fromDisk(List.of(GuestHost.card()));
        String id = guest.id();
        source.hypervisor().spawn(guest, Progress.silent());
        source.awaitSaid(id, GuestHost.READY, 1);
        refused(HypervisorError.HYPERVISOR_REFUSED, () -> source.hypervisor().exportDisks(id));
        source.type(
                id,
                "printf MARKED | dd of=/dev/vda bs=512 seek=%d conv=sync,notrunc 2>/dev/null; sync; echo DONE-$((40 + 2))"
                        .formatted(MARKED_SECTOR));
        source.awaitSaid(id, "DONE-42", 1);
        source.hypervisor().stop(id, Duration.ZERO);

        GuestSpecification smaller = Specifications.sized(guest, 1);
        refused(HypervisorError.FLAVOR_DISK_TOO_SMALL, () -> receive(smaller));
        destination.assertNothingIsLeftOf(id);

        GuestSpecification larger = Specifications.sized(guest, 3);
        receive(larger);
        receive(larger);
        assertThat(destination.hypervisor().guests())
                .containsExactly(new GuestReport(id, id, true, PowerState.SHUT_DOWN));
        destination.hypervisor().start(larger);
        refused(HypervisorError.HYPERVISOR_REFUSED, () -> receive(larger));
        // The console came along: what the guest says here is said for the second time.
        destination.awaitSaid(id, GuestHost.READY, 2);
        destination.awaitSaid(id, "KILONOVA-GUEST-DISK vda " + (3L << 30), 1);
        destination.type(id, READ_MARK);
        destination.awaitSaid(id, "READ-MARKED-BACK", 1);

        destination.hypervisor().destroy(id);
        destination.assertNothingIsLeftOf(id);
        source.hypervisor().start(guest);
        source.awaitSaid(id, GuestHost.READY, 2);
        source.type(id, READ_MARK);
        source.awaitSaid(id, "READ-MARKED-BACK", 1);
        source.hypervisor().destroy(id);
        source.assertNothingIsLeftOf(id);
    }

    @Test
    void a_stream_that_lies_leaves_nothing_behind() throws Exception {
        GuestSpecification guest = source.fromDisk(List.of());
        String id = guest.id();
        source.hypervisor().spawn(guest, Progress.silent());
        source.hypervisor().stop(id, Duration.ZERO);
        byte[] sound;
        try (InputStream disks = source.hypervisor().exportDisks(id)) {
            sound = disks.readAllBytes();
        }
        refused(
                HypervisorError.HYPERVISOR_REFUSED,
                () -> source.hypervisor().prepareLiveMigration(guest, true, Progress.silent()));
        byte[] early = java.util.Arrays.copyOf(sound, sound.length - 1);
        refused(HypervisorError.HYPERVISOR_UNREACHABLE, () -> receive(guest, early));
        byte[] escaping = sound.clone();
        // The first file's name, "disk", after the mark, its kind and the length of its name.
        System.arraycopy("../x".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, escaping, 11, 4);
        refused(HypervisorError.HYPERVISOR_REFUSED, () -> receive(guest, escaping));
        byte[] pointing = sound.clone();
        // The disk's own header, after its length, and the size and place of its first block: a feature that names
        // other files.
        pointing[11 + 4 + 8 + 4 + 8 + 79] |= 4;
        refused(HypervisorError.HYPERVISOR_REFUSED, () -> receive(guest, pointing));
        refused(HypervisorError.HYPERVISOR_REFUSED, () -> receive(guest, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0}));
        destination.assertNothingIsLeftOf(id);
        receive(guest, sound);
        assertThat(Files.size(destination.libvirt.state().resolve(id).resolve("disk")))
                .isEqualTo(Files.size(source.libvirt.state().resolve(id).resolve("disk")));
        destination.hypervisor().destroy(id);
        source.hypervisor().destroy(id);
    }

    private void receive(GuestSpecification guest) {
        destination.hypervisor().importDisks(guest, DiskSource.of(source.hypervisor(), guest.id()), Progress.silent());
    }

    private void receive(GuestSpecification guest, byte[] sent) {
        destination
                .hypervisor()
                .importDisks(guest, GuestHost.sending(() -> new ByteArrayInputStream(sent)), Progress.silent());
    }

    private static void refused(HypervisorError code, Runnable command) {
        assertThatThrownBy(command::run)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
