package io.kilonova.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FakeHypervisorTest {
    @TempDir
    Path folder;

    @Test
    void a_spawned_guest_runs_and_prints_that_it_is_ready() {
        FakeHypervisor host = FakeFleet.of(FleetOptions.of(1)).host("fake-0001");
        host.spawn(guest("a"), Progress.silent());
        assertThat(host.guests()).singleElement().satisfies(report -> {
            assertThat(report.power()).isEqualTo(PowerState.RUNNING);
            assertThat(report.ours()).isTrue();
        });
        assertThat(console(host, "a", 4_096)).endsWith("KILONOVA-GUEST-READY\n").contains("port-of-a");
        assertThat(console(host, "a", 21)).isEqualTo("KILONOVA-GUEST-READY\n");
        assertThat(host.graphics("a")).isPresent();
    }

    @Test
    void a_guest_that_runs_is_left_as_it_is_by_a_second_spawn() {
        FakeHypervisor host = FakeFleet.of(FleetOptions.of(1)).host("fake-0001");
        host.spawn(guest("a"), Progress.silent());
        host.spawn(guest("a"), Progress.silent());
        assertThat(host.fakeGuests())
                .singleElement()
                .satisfies(found -> assertThat(found.boots()).isEqualTo(1));
    }

    @Test
    void every_command_may_be_repeated() {
        FakeHypervisor host = FakeFleet.of(FleetOptions.of(1)).host("fake-0001");
        host.spawn(guest("a"), Progress.silent());
        repeat(() -> host.pause("a"));
        assertThat(power(host)).isEqualTo(PowerState.PAUSED);
        repeat(() -> host.unpause("a"));
        repeat(() -> host.suspend("a"));
        assertThat(power(host)).isEqualTo(PowerState.SUSPENDED);
        repeat(() -> host.resume(guest("a")));
        repeat(() -> host.stop("a", Duration.ZERO));
        assertThat(power(host)).isEqualTo(PowerState.SHUT_DOWN);
        assertThat(host.graphics("a")).isEmpty();
        repeat(() -> host.start(guest("a")));
        host.reboot(guest("a"), RebootKind.HARD, Duration.ZERO);
        assertThat(host.fakeGuests().getFirst().boots()).isEqualTo(3);
        repeat(() -> host.destroy("a"));
        assertThat(host.guests()).isEmpty();
    }

    @Test
    void disks_go_from_host_to_host_and_the_source_keeps_its_own() {
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(2));
        FakeHypervisor source = fleet.host("fake-0001");
        FakeHypervisor destination = fleet.host("fake-0002");
        source.spawn(guest("a"), Progress.silent());
        assertThatThrownBy(() -> source.exportDisks("a")).hasMessageContaining("runs");
        source.stop("a", Duration.ZERO);
        repeat(() -> destination.importDisks(guest("a"), DiskSource.of(source, "a"), Progress.silent()));
        destination.start(guest("a"));
        assertThat(destination.fakeGuests().getFirst().boots()).isEqualTo(2);
        assertThat(power(source)).isEqualTo(PowerState.SHUT_DOWN);
        assertThatThrownBy(() -> destination.importDisks(guest("a"), DiskSource.of(source, "a"), Progress.silent()))
                .hasMessageContaining("runs");
        assertThatThrownBy(() -> destination.importDisks(guest("b"), DiskSource.of(source, "a"), Progress.silent()))
                .hasMessageContaining("not the disks of guest b");
    }

    @Test
    void a_running_guest_moves_and_never_runs_twice() {
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(2));
        FakeHypervisor source = fleet.host("fake-0001");
        FakeHypervisor destination = fleet.host("fake-0002");
        source.spawn(guest("a"), Progress.silent());
        LiveMigrationTarget target = destination.prepareLiveMigration(guest("a"), true, Progress.silent());
        assertThat(destination.guests()).isEmpty();
        List<LiveMigrationProgress> told = new ArrayList<>();
        repeat(() -> source.liveMigrate(guest("a"), target, slowly(), told::add));
        assertThat(power(source)).isEqualTo(PowerState.SHUT_DOWN);
        assertThat(power(destination)).isEqualTo(PowerState.RUNNING);
        assertThat(told.getLast().memoryRemainingBytes()).isZero();
        repeat(() -> source.destroy("a"));
        assertThat(source.fakeGuests()).isEmpty();
        assertThat(fleet.doubleRuns()).isEmpty();
    }

    @Test
    void a_move_that_hangs_is_aborted_or_forced_to_its_end() {
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(2));
        FakeHypervisor source = fleet.host("fake-0001");
        FakeHypervisor destination = fleet.host("fake-0002");
        source.spawn(guest("a"), Progress.silent());
        assertThatThrownBy(() -> source.abortLiveMigration("a")).hasMessageContaining("not being moved");
        LiveMigrationTarget target = destination.prepareLiveMigration(guest("a"), true, Progress.silent());
        fleet.strikeWith(Misfortunes.none().byChance(Command.LIVE_MIGRATE, 1, new Misfortune.Hang()));
        assertThatThrownBy(() ->
                        source.liveMigrate(guest("a"), target, slowly(), progress -> source.abortLiveMigration("a")))
                .hasMessageContaining("aborted");
        assertThat(power(source)).isEqualTo(PowerState.RUNNING);
        source.liveMigrate(guest("a"), target, slowly(), progress -> {
            if (progress.memoryRemainingBytes() > 0) {
                source.forceCompleteLiveMigration("a");
            }
        });
        assertThat(power(destination)).isEqualTo(PowerState.RUNNING);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private static LiveMigrationOptions slowly() {
        return new LiveMigrationOptions(true, Duration.ofMinutes(10));
    }

    @Test
    void a_guest_that_is_off_cannot_be_paused_and_one_that_is_not_there_cannot_be_started() {
        FakeHypervisor host = FakeFleet.of(FleetOptions.of(1)).host("fake-0001");
        host.spawn(guest("a"), Progress.silent());
        host.stop("a", Duration.ZERO);
        assertThatThrownBy(() -> host.pause("a")).satisfies(error -> isCode(error, HypervisorError.HYPERVISOR_REFUSED));
        assertThatThrownBy(() -> host.start(guest("b")))
                .satisfies(error -> isCode(error, HypervisorError.GUEST_NOT_FOUND));
    }

    @Test
    void the_third_spawn_fails_as_scripted_and_the_others_do_not() {
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(2)
                .struckBy(Misfortunes.none().onNth(Command.SPAWN, 3, Misfortune.refuse("the moon is full"))));
        fleet.host("fake-0001").spawn(guest("a"), Progress.silent());
        fleet.host("fake-0002").spawn(guest("b"), Progress.silent());
        assertThatThrownBy(() -> fleet.host("fake-0001").spawn(guest("c"), Progress.silent()))
                .hasMessageContaining("the moon is full");
        fleet.host("fake-0001").spawn(guest("c"), Progress.silent());
        assertThat(fleet.count(PowerState.RUNNING)).isEqualTo(3);
        assertThat(fleet.calls(Command.SPAWN)).isEqualTo(4);
    }

    @Test
    void a_lost_answer_leaves_the_work_done() {
        FakeFleet fleet = FakeFleet.of(
                FleetOptions.of(1).struckBy(Misfortunes.none().onNth(Command.SPAWN, 1, new Misfortune.LostAnswer())));
        FakeHypervisor host = fleet.host("fake-0001");
        assertThatThrownBy(() -> host.spawn(guest("a"), Progress.silent()))
                .satisfies(error -> isCode(error, HypervisorError.HYPERVISOR_UNREACHABLE));
        assertThat(power(host)).isEqualTo(PowerState.RUNNING);
    }

    @Test
    void a_hanging_command_comes_back_when_released_and_has_done_nothing() throws Exception {
        FakeFleet fleet = FakeFleet.of(
                FleetOptions.of(1).struckBy(Misfortunes.none().onNth(Command.SPAWN, 1, new Misfortune.Hang())));
        FakeHypervisor host = fleet.host("fake-0001");
        List<String> told = new ArrayList<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                host.spawn(guest("a"), Progress.silent());
            } catch (ServiceException failure) {
                told.add(failure.sentence());
            }
        });
        await().until(() -> caller.getState() == Thread.State.WAITING);
        host.releaseHanging();
        caller.join();
        assertThat(told).singleElement().asString().contains("it hung");
        assertThat(host.guests()).isEmpty();
    }

    @Test
    void the_same_seed_gives_the_same_delays_and_the_same_failures() {
        assertThat(history(7)).isEqualTo(history(7)).isNotEqualTo(history(8));
    }

    @Test
    void a_guest_survives_the_program_and_a_torn_last_line_is_dropped() throws IOException {
        try (FakeFleet fleet = FakeFleet.of(FleetOptions.of(2).kept(folder))) {
            fleet.host("fake-0001").spawn(guest("a"), Progress.silent());
            fleet.host("fake-0002").spawn(guest("b"), Progress.silent());
            fleet.host("fake-0002").spawn(guest("c"), Progress.silent());
            fleet.host("fake-0002").destroy("b");
        }
        Files.writeString(folder.resolve("fake-0001.guests"), "= z instance-z tr", StandardOpenOption.APPEND);
        try (FakeFleet again = FakeFleet.of(FleetOptions.of(2).kept(folder))) {
            assertThat(again.guests().get("fake-0001"))
                    .extracting(FakeGuest::id)
                    .containsExactly("a");
            assertThat(again.guests().get("fake-0002"))
                    .extracting(FakeGuest::id)
                    .containsExactly("c");
            assertThat(FakeFleet.census(folder)).isEqualTo(again.guests());
            again.host("fake-0001").spawn(guest("d"), Progress.silent());
        }
        assertThat(FakeFleet.census(folder).get("fake-0001"))
                .extracting(FakeGuest::id)
                .containsExactly("a", "d");
    }

    @Test
    void a_journal_does_not_grow_with_history() throws IOException {
        try (FakeFleet fleet = FakeFleet.of(FleetOptions.of(1).kept(folder))) {
            for (int round = 0; round < 500; round++) {
                fleet.host("fake-0001").spawn(guest("a"), Progress.silent());
                fleet.host("fake-0001").destroy("a");
            }
        }
        FakeFleet.of(FleetOptions.of(1).kept(folder)).close();
        assertThat(Files.size(folder.resolve("fake-0001.guests"))).isZero();
    }

    @Test
    void a_guest_on_two_hosts_is_noticed() {
        try (FakeFleet fleet = FakeFleet.of(FleetOptions.of(2).kept(folder))) {
            fleet.host("fake-0001").spawn(guest("a"), Progress.silent());
            assertThat(fleet.doubleRuns()).isEmpty();
            fleet.host("fake-0002").spawn(guest("a"), Progress.silent());
            assertThat(fleet.doubleRuns()).singleElement().asString().contains("fake-0001", "fake-0002");
        }
        assertThat(FakeFleet.doubleRuns(FakeFleet.census(folder))).hasSize(1);
    }

    @Test
    void a_guest_that_moves_is_not_a_double_run() {
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(2));
        fleet.host("fake-0001").spawn(guest("a"), Progress.silent());
        fleet.host("fake-0001").destroy("a");
        fleet.host("fake-0002").spawn(guest("a"), Progress.silent());
        assertThat(fleet.doubleRuns()).isEmpty();
    }

    @Test
    void events_tell_each_change_of_power_until_the_subscription_is_closed() {
        FakeHypervisor host = FakeFleet.of(FleetOptions.of(1)).host("fake-0001");
        List<GuestEvent> events = new ArrayList<>();
        try (Hypervisor.Subscription subscription = host.subscribe(events::add)) {
            host.spawn(guest("a"), Progress.silent());
            host.spawn(guest("a"), Progress.silent());
            host.happens("a", PowerState.CRASHED);
        }
        host.destroy("a");
        assertThat(events)
                .containsExactly(new GuestEvent("a", PowerState.RUNNING), new GuestEvent("a", PowerState.CRASHED));
    }

    @Test
    void guests_of_others_are_reported_as_theirs() {
        FakeHypervisor host = FakeFleet.of(FleetOptions.of(1)).host("fake-0001");
        host.foreign("their-id", "database");
        assertThat(host.guests())
                .singleElement()
                .satisfies(report -> assertThat(report.ours()).isFalse());
    }

    @Test
    void a_name_cannot_write_a_line_of_its_own_into_the_journal() {
        try (FakeFleet fleet = FakeFleet.of(FleetOptions.of(1).kept(folder))) {
            assertThatThrownBy(() ->
                            fleet.host("fake-0001").spawn(guest("a\n= evil x true RUNNING 1 "), Progress.silent()))
                    .satisfies(error -> isCode(error, HypervisorError.HYPERVISOR_REFUSED));
        }
        assertThat(FakeFleet.census(folder)).isEmpty();
    }

    @Test
    void commands_at_the_same_time_are_counted() throws InterruptedException {
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(1)
                .struckBy(Misfortunes.none().onHost("fake-0001", Command.SPAWN, new Misfortune.Hang())));
        List<Thread> callers = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            String id = "guest-" + number;
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    fleet.host("fake-0001").spawn(guest(id), Progress.silent());
                } catch (ServiceException released) {
                    assertThat(released.code()).isEqualTo(HypervisorError.HYPERVISOR_UNREACHABLE);
                }
            }));
        }
        await().until(() -> fleet.maximumConcurrency() == 5);
        await().until(() -> callers.stream().allMatch(caller -> caller.getState() == Thread.State.WAITING));
        fleet.host("fake-0001").releaseHanging();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(fleet.maximumConcurrency()).isEqualTo(5);
    }

    private static List<String> history(long seed) {
        List<String> history = new ArrayList<>();
        Sleeper noting = duration -> history.add(duration.toString());
        FakeFleet fleet = FakeFleet.of(FleetOptions.of(1)
                .delayed(Delays.everywhere(Delays.Distribution.aroundMedian(Duration.ofMillis(800), 0.5)))
                .struckBy(Misfortunes.none().byChance(Command.SPAWN, 0.3, Misfortune.diskFull()))
                .simulated(seed, noting));
        for (int number = 0; number < 20; number++) {
            try {
                fleet.host("fake-0001").spawn(guest("guest-" + number), Progress.silent());
            } catch (ServiceException failure) {
                history.add(failure.sentence());
            }
        }
        return history;
    }

    private static void repeat(Runnable command) {
        command.run();
        command.run();
    }

    private static PowerState power(FakeHypervisor host) {
        return host.fakeGuests().getFirst().power();
    }

    private static String console(FakeHypervisor host, String guestId, int maximumBytes) {
        return new String(host.console(guestId, maximumBytes), StandardCharsets.UTF_8);
    }

    private static void isCode(Throwable error, HypervisorError code) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }

    private static GuestSpecification guest(String id) {
        return new GuestSpecification(
                id,
                "instance-" + id,
                "my " + id,
                1,
                128,
                1,
                0,
                0,
                new ImageReference("image", ImageFormat.QCOW2, 1, 1, "00"),
                Optional.empty(),
                List.of(new GuestInterface("port-of-" + id, "tap0", "fa:16:3e:00:00:01", 1442, "virtio")),
                Optional.empty(),
                Map.of());
    }
}
