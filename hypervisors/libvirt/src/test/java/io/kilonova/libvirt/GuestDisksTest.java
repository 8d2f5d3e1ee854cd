package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GuestDisksTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path folder;

    private final GuestImages images = new GuestImages();
    private final DiskImageTool tool = new DiskImageTool("node-1");
    private InstanceFolders folders;
    private GuestDisks disks;

    @BeforeEach
    void open() {
        reopen(folder.resolve("state"));
    }

    @Test
    void a_guest_has_its_disk_over_the_image_and_its_config_drive() throws Exception {
        GuestSpecification guest = Specifications.withDrive(
                Specifications.of(raw("image", MEBIBYTE)),
                Map.of("openstack/latest/meta_data.json", "{}".getBytes(StandardCharsets.UTF_8)));
        make(guest);
        Path disk = folders.of(guest.id()).resolve("disk");
        assertThatThrownBy(() -> ImageInspection.virtualSizeBytes(disk, DiskFormat.QCOW2))
                .hasMessageContaining("backing file");
        byte[] drive = Files.readAllBytes(folders.of(guest.id()).resolve("disk.config"));
        assertThat(new String(drive, 32_808, 8, StandardCharsets.US_ASCII)).isEqualTo("config-2");
        assertThat(Files.getPosixFilePermissions(folders.of(guest.id()).resolve("disk.config")))
                .hasSize(2);
        assertThat(disks.layout(guest, GuestShape.of(guest.image(), 1, Map.of())))
                .extracting(GuestDisk::kind)
                .containsExactly(GuestDisk.Kind.DISK, GuestDisk.Kind.CDROM);
    }

    @Test
    void what_is_here_whole_is_a_guest_and_what_a_killed_program_left_half_made_goes_at_the_next_start()
            throws Exception {
        GuestSpecification whole = Specifications.of(raw("image", MEBIBYTE));
        GuestSpecification awaited = Specifications.identified(whole, "77777777-2222-3333-4444-555555555555");
        make(whole);
        disks.expect(awaited, Optional.empty());
        Path half = folders.building("11111111-2222-3333-4444-555555555555");
        Files.write(half.resolve("disk"), new byte[1]);
        Path others = Files.createDirectory(folders.instances().resolve("66666666-2222-3333-4444-555555555555"));

        assertThat(disks.guests()).containsExactly(whole.id());
        reopen(folder.resolve("state"));
        assertThat(half).doesNotExist();
        assertThat(others).exists();
        assertThat(disks.guests()).containsExactly(whole.id());
        disks.remove(awaited.id());
        disks.remove(whole.id());
        assertThat(left())
                .containsExactlyInAnyOrder("_base", others.getFileName().toString());
    }

    @Test
    void a_config_drive_cannot_write_outside_of_itself() throws Exception {
        for (String path : List.of("../../escaped", "/tmp/escaped-from-the-drive", "a/../../escaped", "")) {
            GuestSpecification guest =
                    Specifications.withDrive(Specifications.of(raw("image", MEBIBYTE)), Map.of(path, new byte[1]));
            refused(HypervisorError.SPECIFICATION_INVALID, () -> make(guest));
            assertThat(left()).containsExactly("_base");
        }
        assertThat(Path.of("/tmp/escaped-from-the-drive")).doesNotExist();
    }

    @Test
    void many_guests_at_once_download_an_image_once() throws Exception {
        ImageReference image = raw("image", 8 * MEBIBYTE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int guest = 0; guest < 8; guest++) {
                all.add(threads.submit(() -> disks.fetchImages(Specifications.of(image), Progress.silent())));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(images.timesOpened("image")).isEqualTo(1);
    }

    @Test
    void an_image_that_is_not_what_was_recorded_is_refused_and_not_kept() throws Exception {
        ImageReference sound = raw("image", MEBIBYTE);
        for (ImageReference wrong : List.of(
                new ImageReference("image", ImageFormat.RAW, sound.sizeBytes(), 0, "cd".repeat(64)),
                new ImageReference("image", ImageFormat.RAW, sound.sizeBytes() - 1, 0, sound.sha512()),
                new ImageReference("image", ImageFormat.RAW, sound.sizeBytes() + 1, 0, sound.sha512()),
                new ImageReference("image", ImageFormat.RAW, sound.sizeBytes(), 0, "../../../etc/passwd"),
                new ImageReference("image", ImageFormat.QCOW2, sound.sizeBytes(), 0, sound.sha512()),
                new ImageReference("image", ImageFormat.VMDK, sound.sizeBytes(), 0, sound.sha512()))) {
            refused(HypervisorError.IMAGE_UNUSABLE, () -> make(Specifications.of(wrong)));
            assertThat(base()).isEmpty();
        }
    }

    @Test
    void a_flavor_that_is_too_small_is_refused_by_what_is_recorded_and_by_what_came() throws Exception {
        refused(
                HypervisorError.FLAVOR_DISK_TOO_SMALL,
                () -> make(Specifications.of(new ImageReference("x", ImageFormat.RAW, 5, 2L << 30, "ab".repeat(64)))));
        assertThat(images.timesOpened("x")).isZero();

        Path file = folder.resolve("big.qcow2");
        tool.createEmpty(file, DiskFormat.QCOW2, 3L << 30);
        ImageReference liar = images.add("liar", ImageFormat.QCOW2, file, 1);
        refused(HypervisorError.FLAVOR_DISK_TOO_SMALL, () -> make(Specifications.of(liar)));
        assertThat(left()).containsExactly("_base");
    }

    @Test
    void a_vmdk_is_converted_once_and_a_guest_runs_from_the_copy() throws Exception {
        Path plain = Files.write(folder.resolve("plain"), new byte[MEBIBYTE]);
        Path vmdk = folder.resolve("disk.vmdk");
        tool.convert(plain, DiskFormat.RAW, vmdk, DiskFormat.VMDK);
        ImageReference image = images.add("vmdk", ImageFormat.VMDK, vmdk, MEBIBYTE);
        make(Specifications.of(image));
        assertThat(base()).hasSize(1).allMatch(name -> name.endsWith(".vmdk"));
        assertThat(ImageInspection.virtualSizeBytes(folders.base().resolve(base().getFirst()), DiskFormat.QCOW2))
                .isEqualTo(MEBIBYTE);
    }

    @Test
    void a_full_disk_is_said_and_nothing_is_left_behind() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        mount(List.of("mount", "-t", "tmpfs", "-o", "size=4m,mode=711", "tmpfs", small.toString()));
        try {
            reopen(small);
            ImageReference image = raw("large", 16 * MEBIBYTE);
            refused(HypervisorError.HOST_DISK_FULL, () -> make(Specifications.of(image)));
            assertThat(left()).containsExactly("_base");
            assertThat(base()).isEmpty();

            // A size that the image service did not record is found out while writing.
            ImageReference unsized = new ImageReference("large", ImageFormat.RAW, 0, 0, image.sha512());
            refused(HypervisorError.HOST_DISK_FULL, () -> make(Specifications.of(unsized)));
            assertThat(base()).isEmpty();

            GuestSpecification driven = Specifications.withDrive(
                    Specifications.of(raw("image", MEBIBYTE)), Map.of("file", new byte[3 * MEBIBYTE - 200_000]));
            refused(HypervisorError.HOST_DISK_FULL, () -> make(driven));
            assertThat(left()).containsExactly("_base");

            Path sent =
                    Files.write(Files.createDirectory(folder.resolve("sent")).resolve("disk"), noise(8 * MEBIBYTE));
            GuestSpecification moved = Specifications.of(raw("image", MEBIBYTE));
            try (InputStream stream = new DiskStream(List.of(sent))) {
                refused(
                        HypervisorError.HOST_DISK_FULL,
                        () -> disks.rebuild(moved, GuestHost.sending(() -> stream), Progress.silent()));
            }
            assertThat(left()).containsExactly("_base");
        } finally {
            mount(List.of("umount", small.toString()));
        }
    }

    @Test
    void half_made_disks_and_downloads_are_thrown_away() throws Exception {
        GuestSpecification guest = Specifications.of(raw("image", MEBIBYTE));
        Path half = Files.createDirectories(folders.instances().resolve(guest.id() + ".building"));
        Files.writeString(half.resolve("disk"), "half");
        Files.writeString(folders.base().resolve(".123.part"), "half");
        reopen(folder.resolve("state"));
        assertThat(base()).isEmpty();
        make(guest);
        assertThat(left()).containsExactlyInAnyOrder("_base", guest.id());
        disks.remove(guest.id());
        disks.remove(guest.id());
        assertThat(left()).containsExactly("_base");
    }

    @Test
    void an_image_is_removed_when_nobody_has_used_it_for_a_while_and_not_before() throws Exception {
        GuestSpecification guest = Specifications.of(raw("image", MEBIBYTE));
        make(guest);
        assertThat(disks.cleanImages(Duration.ofSeconds(-1))).isZero();
        disks.remove(guest.id());
        assertThat(disks.cleanImages(Duration.ofHours(1))).isZero();
        assertThat(disks.cleanImages(Duration.ofSeconds(-1))).isEqualTo(1);
        assertThat(base()).isEmpty();
    }

    @Test
    void the_end_of_a_console_is_found_across_rotated_parts() throws Exception {
        Path log = folder.resolve("console.log");
        assertThat(ConsoleTail.read(log, 10)).isEmpty();
        Files.writeString(folder.resolve("console.log.1"), "oldest-");
        Files.writeString(folder.resolve("console.log.0"), "older-");
        assertThat(ConsoleTail.read(log, 6)).asString().isEqualTo("older-");
        Files.writeString(log, "newest");
        assertThat(ConsoleTail.read(log, 3)).asString().isEqualTo("est");
        assertThat(ConsoleTail.read(log, 9)).asString().isEqualTo("er-newest");
        assertThat(ConsoleTail.read(log, 1000)).asString().isEqualTo("oldest-older-newest");
        Files.delete(log);
        Files.createSymbolicLink(log, Files.writeString(folder.resolve("of-the-host"), "secret"));
        assertThat(ConsoleTail.read(log, 6)).asString().isEqualTo("older-");
    }

    @Test
    void an_iso_image_is_a_cdrom_beside_an_empty_disk() throws Exception {
        Path file = Files.write(folder.resolve("iso"), new byte[MEBIBYTE]);
        ImageReference iso = images.add("iso", ImageFormat.ISO, file, MEBIBYTE);
        GuestSpecification guest = Specifications.of(iso);
        make(guest);
        List<GuestDisk> layout = disks.layout(guest, GuestShape.of(iso, 1, Map.of()));
        assertThat(layout).extracting(GuestDisk::kind).containsExactly(GuestDisk.Kind.DISK, GuestDisk.Kind.CDROM);
        assertThat(layout.getFirst().backing()).isEmpty();
        assertThat(layout.getLast().format()).isEqualTo(DiskFormat.RAW);
    }

    private void make(GuestSpecification guest) {
        try (GuestDisks.Hold _ = disks.holdImages()) {
            disks.fetchImages(guest, Progress.silent());
            disks.build(guest);
        }
    }

    private void reopen(Path state) {
        folders = new InstanceFolders(state);
        ImageCache cache = new ImageCache("node-1", folders, images, tool, Clock.systemUTC());
        disks = new GuestDisks("node-1", folders, cache, tool);
    }

    private ImageReference raw(String id, int bytes) throws IOException {
        return images.add(id, ImageFormat.RAW, Files.write(folder.resolve(id), noise(bytes)), bytes);
    }

    private static byte[] noise(int bytes) {
        byte[] content = new byte[bytes];
        new java.util.Random(1).nextBytes(content);
        return content;
    }

    private List<String> left() throws IOException {
        return names(folders.instances());
    }

    private List<String> base() throws IOException {
        return names(folders.base());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void refused(HypervisorError code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }

    private static void mount(List<String> command) {
        HostCommand.Ended ended = HostCommand.run("mount", Duration.ofSeconds(10), command);
        assertThat(ended.succeeded())
                .as("this test needs root: %s", ended.output())
                .isTrue();
    }
}
