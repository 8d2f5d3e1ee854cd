package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A libvirtd that freezes, dies or is left alone: commands end, and guests notice nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LibvirtAwayTest {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
    private static final int COMMANDS = 60;
    /** The 32 commands under way, and one thread each to connect, to tell of events and for libvirt's own loop. */
    private static final int THREADS_MAXIMUM = 35;

    /** Far beyond the 5 s of silence after which a connection is given up: what waits longer than this waits for ever. */
    private static final long ENDED_SECONDS = 120;

    private GuestHost node;
    private GuestSpecification guest;

    @BeforeAll
    void start() throws Exception {
        node = GuestHost.start("node-1", KEEP_ALIVE);
        guest = node.fromKernel();
        node.hypervisor().spawn(guest, Progress.silent());
        node.awaitSaid(guest.id(), "KILONOVA-GUEST-TICK 2", 1);
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @Test
    void commands_to_a_frozen_libvirtd_end_and_go_through_once_it_thaws() throws Exception {
        node.libvirt.freeze();
        everyCommandIsUnreachable();
        everyCommandIsUnreachable();
        assertThat(nativeThreads()).isLessThanOrEqualTo(THREADS_MAXIMUM);
        node.libvirt.thaw();
        awaitAnswer();
        guestRunsOn();
    }

    @Test
    void a_frozen_libvirtd_that_is_killed_and_started_again_is_connected_to_anew() throws Exception {
        node.libvirt.freeze();
        everyCommandIsUnreachable();
        node.libvirt.kill();
        node.libvirt.startAgain();
        awaitAnswer();
        guestRunsOn();
    }

    @Test
    void a_libvirtd_that_dies_while_a_guest_falls_asleep_loses_nothing() throws Exception {
        Path saved = node.libvirt.folder().resolve("lib/qemu/save");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> suspending = threads.submit(() -> node.hypervisor().suspend(guest.id()));
            await().atMost(GuestHost.BOOT).pollInterval(Duration.ofMillis(5)).until(() -> anyFile(saved));
            node.libvirt.kill();
            unreachable(() -> suspending.get(ENDED_SECONDS, TimeUnit.SECONDS));
        }
        node.libvirt.startAgain();
        awaitAnswer();
        node.hypervisor().suspend(guest.id());
        assertThat(node.power(guest.id())).isEqualTo(PowerState.SUSPENDED);
        node.hypervisor().resume(guest);
        guestRunsOn();
    }

    @Test
    void a_program_that_starts_again_takes_its_running_guests_over_untouched() {
        node.restartAgent();
        assertThat(node.power(guest.id())).isEqualTo(PowerState.RUNNING);
        node.hypervisor().spawn(guest, Progress.silent());
        node.hypervisor().start(guest);
        guestRunsOn();
    }

    private void everyCommandIsUnreachable() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> commands = new ArrayList<>();
            for (int command = 0; command < COMMANDS; command += 3) {
                commands.add(threads.submit(() -> node.hypervisor().stop(guest.id(), Duration.ZERO)));
                commands.add(threads.submit(() -> node.hypervisor().guests()));
                commands.add(
                        threads.submit(() -> node.hypervisor().spawn(node.fromDisk(List.of()), Progress.silent())));
            }
            for (Future<?> command : commands) {
                unreachable(() -> command.get(ENDED_SECONDS, TimeUnit.SECONDS));
            }
        }
    }

    private static void unreachable(ThrowingCallable command) {
        assertThatThrownBy(command)
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(HypervisorError.HYPERVISOR_UNREACHABLE));
    }

    private void awaitAnswer() {
        await().atMost(GuestHost.BOOT)
                .ignoreExceptionsMatching(failure -> failure instanceof ServiceException)
                .until(() -> node.report(guest.id()).isPresent());
    }

    private void guestRunsOn() {
        await().atMost(GuestHost.BOOT).until(() -> node.power(guest.id()) == PowerState.RUNNING);
        node.awaitTick(guest.id());
        assertThat(node.timesSaid(guest.id(), GuestHost.READY)).isEqualTo(1);
    }

    private static long nativeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("libvirt-"))
                .count();
    }

    private static boolean anyFile(Path folder) throws Exception {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isPresent();
        }
    }
}
