package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Moves one guest, which counts, between two real hosts. Each test leaves it running on one of them, and on no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LiveMovesTest {
    private static final LiveMigrationOptions WITHOUT_HURRY = new LiveMigrationOptions(true, Duration.ofMinutes(10));
    private static final long ENDED_SECONDS = 300;

    private final Queue<LiveMigrationProgress> told = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private GuestHost here;
    private GuestHost there;
    private GuestSpecification guest;
    private String id;

    @BeforeAll
    void start() throws Exception {
        here = GuestHost.start("node-1", Duration.ofSeconds(5));
        there = GuestHost.start("node-2", Duration.ofSeconds(5));
        guest = Specifications.with(here.fromKernel(), GuestHost.card());
        id = guest.id();
        here.hypervisor().spawn(guest, Progress.silent());
        here.awaitSaid(id, "KILONOVA-GUEST-TICK 3", 1);
    }

    @AfterAll
    void stop() throws Exception {
        for (GuestHost host : new GuestHost[] {here, there}) {
            if (host != null) {
                host.close();
            }
        }
    }

    @Test
    void a_guest_goes_on_counting_at_the_destination_and_is_gone_from_the_source() throws Exception {
        Queue<GuestEvent> events = new ConcurrentLinkedQueue<>();
        try (AutoCloseable _ = here.hypervisor().subscribe(events::add);
                AutoCloseable _ = there.hypervisor().subscribe(events::add)) {
            here.type(
                    id,
                    "printf MARKED | dd of=/dev/vda bs=512 seek=9 conv=sync 2>/dev/null; sync; echo DONE-$((40 + 2))");
            here.awaitSaid(id, "DONE-42", 1);
            int before = here.lastTick(id);
            LiveMigrationTarget target = prepare();
            assertThat(there.report(id)).isEmpty();
            here.hypervisor().liveMigrate(guest, target, WITHOUT_HURRY, told::add);
            here.hypervisor().liveMigrate(guest, target, WITHOUT_HURRY, told::add);
            assertThat(told).last().satisfies(end -> {
                assertThat(end.memoryRemainingBytes()).isZero();
                assertThat(end.diskRemainingBytes()).isZero();
            });
            assertThat(here.power(id)).isEqualTo(PowerState.SHUT_DOWN);
            assertThat(there.power(id)).isEqualTo(PowerState.RUNNING);
            there.awaitTick(id);
            assertThat(there.lastTick(id)).isGreaterThan(before);
            assertThat(there.timesSaid(id, GuestHost.READY)).isZero();
            there.type(
                    id,
                    "echo 3 > /proc/sys/vm/drop_caches; echo \"READ-$(dd if=/dev/vda bs=512 skip=9 count=1 | head -c 6)-BACK\"");
            there.awaitSaid(id, "READ-MARKED-BACK", 1);
            await().untilAsserted(() -> assertThat(events).contains(new GuestEvent(id, PowerState.RUNNING)));
            assertThat(events).doesNotContain(new GuestEvent(id, PowerState.SHUT_DOWN));
        }
        here.hypervisor().destroy(id);
        here.assertNothingIsLeftOf(id);
        assertThat(there.plug.plugged)
                .containsExactly(guest.interfaces().getFirst().portId());
        swap();
    }

    @Test
    void a_guest_moves_with_a_card_that_was_plugged_in_while_it_ran_and_one_pulled_out() throws Exception {
        GuestInterface first = guest.interfaces().getFirst();
        GuestInterface second = GuestHost.card();
        GuestSpecification withTwo = Specifications.with(guest, first, second);
        here.hypervisor().attachInterface(withTwo, second);
        GuestSpecification changed = Specifications.with(guest, second);
        here.hypervisor().detachInterface(changed, first);
        guest = changed;
        here.hypervisor().liveMigrate(guest, prepare(), WITHOUT_HURRY, told::add);
        assertThat(there.power(id)).isEqualTo(PowerState.RUNNING);
        there.awaitTick(id);
        here.hypervisor().destroy(id);
        here.assertNothingIsLeftOf(id);
        assertThat(there.plug.plugged).containsExactly(second.portId());
        swap();
    }

    @Test
    void a_guest_that_is_paused_moves_and_stays_paused() {
        here.hypervisor().pause(id);
        here.hypervisor().liveMigrate(guest, prepare(), WITHOUT_HURRY, told::add);
        assertThat(there.power(id)).isEqualTo(PowerState.PAUSED);
        there.hypervisor().unpause(id);
        there.awaitTick(id);
        here.hypervisor().destroy(id);
        swap();
    }

    @Test
    void a_host_that_has_the_guest_does_not_make_room_for_it() {
        here.hypervisor().prepareLiveMigration(guest, true, Progress.silent());
        assertThat(here.power(id)).isEqualTo(PowerState.RUNNING);
        here.awaitTick(id);
    }

    @Test
    void a_move_that_is_aborted_leaves_the_guest_where_it_was_and_nothing_elsewhere() throws Exception {
        Future<?> move = beginSlowly(WITHOUT_HURRY);
        here.hypervisor().abortLiveMigration(id);
        refused(HypervisorError.LIVE_MIGRATION_ABORTED, move);
        assertThatThrownBy(() -> here.hypervisor().abortLiveMigration(id))
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(HypervisorError.NOT_MIGRATING));
        runsHereAlone();
    }

    @Test
    void a_move_that_takes_too_long_is_given_up() throws Exception {
        refused(HypervisorError.HYPERVISOR_REFUSED, beginSlowly(new LiveMigrationOptions(true, Duration.ofSeconds(2))));
        runsHereAlone();
    }

    @Test
    void a_guest_that_never_stands_still_is_frozen_for_the_last_of_its_way() throws Exception {
        here.type(id, "while :; do dd if=/dev/urandom of=/tmp/busy bs=1M count=16 2>/dev/null; done &");
        int before = here.lastTick(id);
        Future<?> move = beginSlowly(WITHOUT_HURRY);
        here.hypervisor().forceCompleteLiveMigration(id);
        here.speed(id, 200);
        move.get(ENDED_SECONDS, TimeUnit.SECONDS);
        assertThat(there.power(id)).isEqualTo(PowerState.RUNNING);
        there.type(id, "kill $!");
        there.awaitTick(id);
        assertThat(there.lastTick(id)).isGreaterThan(before);
        here.hypervisor().destroy(id);
        here.assertNothingIsLeftOf(id);
        swap();
    }

    @Test
    void a_destination_that_dies_on_the_way_costs_the_guest_nothing() throws Exception {
        Future<?> move = beginSlowly(WITHOUT_HURRY);
        there.libvirt.kill();
        refused(HypervisorError.HYPERVISOR_REFUSED, move);
        assertThat(here.power(id)).isEqualTo(PowerState.RUNNING);
        there.libvirt.startAgain();
        runsHereAlone();
    }

    @Test
    void a_source_whose_libvirtd_dies_on_the_way_has_the_guest_afterwards() throws Exception {
        Future<?> move = beginSlowly(WITHOUT_HURRY);
        here.libvirt.kill();
        refused(HypervisorError.HYPERVISOR_UNREACHABLE, move);
        here.libvirt.startAgain();
        await().atMost(GuestHost.BOOT).until(() -> here.power(id) == PowerState.RUNNING);
        runsHereAlone();
    }

    @Test
    void a_program_that_starts_again_waits_for_the_move_that_is_under_way() throws Exception {
        Future<?> first = beginSlowly(WITHOUT_HURRY);
        LiveMigrationTarget target = prepare();
        here.restartAgent();
        Future<?> second = threads.submit(() -> here.hypervisor().liveMigrate(guest, target, WITHOUT_HURRY, told::add));
        here.speed(id, 200);
        second.get(ENDED_SECONDS, TimeUnit.SECONDS);
        await().atMost(GuestHost.BOOT).until(first::isDone);
        assertThat(there.power(id)).isEqualTo(PowerState.RUNNING);
        there.awaitTick(id);
        here.hypervisor().destroy(id);
        swap();
    }

    private LiveMigrationTarget prepare() {
        return there.hypervisor().prepareLiveMigration(guest, true, Progress.silent());
    }

    /** Begins a move that takes minutes, and returns when it is under way. */
    private Future<?> beginSlowly(LiveMigrationOptions how) throws Exception {
        LiveMigrationTarget target = prepare();
        here.speed(id, 1);
        told.clear();
        Future<?> move = threads.submit(() -> here.hypervisor().liveMigrate(guest, target, how, told::add));
        await().atMost(GuestHost.BOOT).until(() -> move.isDone() || !told.isEmpty());
        assertThat(there.report(id)).isEmpty();
        return move;
    }

    private void runsHereAlone() {
        assertThat(here.power(id)).isEqualTo(PowerState.RUNNING);
        here.awaitTick(id);
        assertThat(there.report(id)).isEmpty();
        there.hypervisor().destroy(id);
        there.assertNothingIsLeftOf(id);
    }

    private void swap() {
        GuestHost left = here;
        here = there;
        there = left;
    }

    private static void refused(HypervisorError code, Future<?> move) {
        assertThatThrownBy(() -> move.get(ENDED_SECONDS, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
