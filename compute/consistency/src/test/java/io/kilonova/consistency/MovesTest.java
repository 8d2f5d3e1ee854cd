package io.kilonova.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.Command;
import io.kilonova.fake.Delays;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Migration;
import io.kilonova.servers.MigrationStatus;
import io.kilonova.servers.MoveCommands;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerCommand;
import io.kilonova.servers.ServerMove;
import io.kilonova.servers.SmallCloud;
import io.kilonova.servers.VmState;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers go from host to host, and back, and never run twice: when all goes well, when each step fails, and when the
 * controller dies at each step. After each of these every invariant holds.
 */
class MovesTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    @TempDir
    private Path folder;

    private final AtomicInteger commandsUntilCrash = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicReference<Optional<Thread>> dying = new AtomicReference<>(Optional.empty());

    /** The ways to move, each with what it leaves. */
    enum Way {
        MIGRATE(VmState.RESIZED, MigrationStatus.FINISHED),
        RESIZE(VmState.RESIZED, MigrationStatus.FINISHED),
        CONFIRM(VmState.ACTIVE, MigrationStatus.CONFIRMED),
        REVERT(VmState.ACTIVE, MigrationStatus.REVERTED),
        LIVE(VmState.ACTIVE, MigrationStatus.COMPLETED),
        EVACUATE(VmState.ACTIVE, MigrationStatus.DONE);

        private final VmState state;
        private final MigrationStatus status;

        Way(VmState state, MigrationStatus status) {
            this.state = state;
            this.status = status;
        }

        /** Whether the server was moved before, so that this ends its move. */
        boolean endsResize() {
            return this == CONFIRM || this == REVERT;
        }

        void ask(MoveCommands moves, String server) {
            String request = "req-" + this;
            switch (this) {
                case MIGRATE -> moves.migrate(SmallCloud.ann(), request, server, Optional.empty());
                case RESIZE -> moves.resize(SmallCloud.ann(), request, server, "large", Optional.empty());
                case CONFIRM -> moves.confirm(SmallCloud.ann(), request, server);
                case REVERT -> moves.revert(SmallCloud.ann(), request, server);
                case LIVE -> moves.liveMigrate(SmallCloud.ann(), request, server, ServerMove.Wish.anywhere(), false);
                case EVACUATE -> moves.evacuate(SmallCloud.ann(), request, server, ServerMove.Wish.anywhere());
            }
        }
    }

    private SmallCloud cloud(EachDatabase kind) {
        return new SmallCloud(
                kind.fresh(folder),
                folder,
                1,
                FleetOptions.of(3)
                        .sized(64, 65_536, 1_000)
                        .delayed(Delays.everywhere(Delays.Distribution.constant(MOMENT)))
                        .simulated(20261122, this::passes));
    }

    /** Each command of a hypervisor comes by here; the one that is struck ends after its controller. */
    private void passes(Duration duration) {
        if (commandsUntilCrash.decrementAndGet() == 0) {
            dying.set(Optional.of(Thread.currentThread()));
            await().forever().until(() -> dying.get().isEmpty());
        }
    }

    /** A server that is ready to be moved; its former self, for comparison. */
    private static Server ready(SmallCloud cloud, Way way) {
        Server made = cloud.create(0, "small", 1, Map.of()).getFirst();
        cloud.awaitRest();
        if (way.endsResize()) {
            Way.RESIZE.ask(moves(cloud), made.id());
            cloud.awaitRest();
        }
        Server server = now(cloud);
        assertThat(server.vmState()).isEqualTo(way.endsResize() ? VmState.RESIZED : VmState.ACTIVE);
        if (way == Way.EVACUATE) {
            compute(cloud).setForcedDown(server.host().orElseThrow(), true);
        }
        return now(cloud);
    }

    /** At the hosts and at their guests. */
    private static void lookAgain(SmallCloud cloud) {
        compute(cloud).refresh();
        compute(cloud).compareGuests();
    }

    private static ComputeService compute(SmallCloud cloud) {
        return cloud.controller(0).compute();
    }

    private static MoveCommands moves(SmallCloud cloud) {
        return compute(cloud).moves();
    }

    private static Server now(SmallCloud cloud) {
        return cloud.servers().getFirst();
    }

    private static Migration last(SmallCloud cloud, String server) {
        return moves(cloud).migrations().ofServer(server).getFirst();
    }

    private static void holds(SmallCloud cloud) {
        ConsistencyWatch watch = new ConsistencyWatch(new ConsistencyWatch.Setup(
                cloud.controller(0).database(),
                Optional.of(cloud.fleet()::hosts),
                Optional.of(cloud.imageFolder()),
                Clock.systemUTC()));
        assertThat(watch.check().findings()).isEmpty();
        assertThat(cloud.fleet().doubleRuns()).isEmpty();
    }

    private static List<FakeGuest> guestsAt(SmallCloud cloud, String host) {
        return cloud.fleet().host(host).fakeGuests();
    }

    /** Where the server went, all is as the way promises. */
    private static void arrived(SmallCloud cloud, Way way, Server before) {
        Server after = now(cloud);
        Migration migration = last(cloud, before.id());
        assertThat(migration.status()).as(after.toString()).isEqualTo(way.status);
        assertThat(after.vmState()).isEqualTo(way.state);
        assertThat(after.taskState()).isEmpty();
        assertThat(after.fault()).isEmpty();
        boolean back = way == Way.REVERT;
        String here = back ? migration.source() : migration.destination().orElseThrow();
        String there = back ? migration.destination().orElseThrow() : migration.source();
        assertThat(here).isNotEqualTo(there);
        assertThat(after.host()).contains(here);
        assertThat(after.flavor().id()).isEqualTo(way == Way.RESIZE || way == Way.CONFIRM ? "large" : "small");
        assertThat(guestsAt(cloud, here))
                .singleElement()
                .satisfies(guest -> assertThat(guest.power()).isEqualTo(PowerState.RUNNING));
        if (migration.status().open()) {
            assertThat(guestsAt(cloud, there))
                    .singleElement()
                    .satisfies(guest -> assertThat(guest.live()).isFalse());
        } else {
            assertThat(guestsAt(cloud, there)).isEmpty();
        }
        holds(cloud);
    }

    @ParameterizedTest
    @CsvSource({
        "SQLITE,MIGRATE",
        "SQLITE,RESIZE",
        "SQLITE,CONFIRM",
        "SQLITE,REVERT",
        "SQLITE,LIVE",
        "SQLITE,EVACUATE",
        "POSTGRESQL,MIGRATE",
        "POSTGRESQL,RESIZE",
        "POSTGRESQL,CONFIRM",
        "POSTGRESQL,REVERT",
        "POSTGRESQL,LIVE",
        "POSTGRESQL,EVACUATE"
    })
    void a_server_moves(EachDatabase kind, Way way) {
        try (SmallCloud cloud = cloud(kind)) {
            Server before = ready(cloud, way);
            way.ask(moves(cloud), before.id());
            cloud.awaitRest();
            arrived(cloud, way, before);
            cloud.delete(before.id());
            cloud.awaitRest();
            lookAgain(cloud);
            assertThat(cloud.fleet().guests().values())
                    .allSatisfy(guests -> assertThat(guests).isEmpty());
            holds(cloud);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MIGRATE,STOP",
        "MIGRATE,EXPORT_DISKS",
        "MIGRATE,IMPORT_DISKS",
        "MIGRATE,START",
        "RESIZE,STOP",
        "RESIZE,EXPORT_DISKS",
        "RESIZE,IMPORT_DISKS",
        "RESIZE,START",
        "REVERT,STOP",
        "REVERT,START",
        "LIVE,PREPARE_LIVE_MIGRATION",
        "LIVE,LIVE_MIGRATE",
        "EVACUATE,SPAWN"
    })
    void a_move_that_fails_leaves_all_as_it_was(Way way, Command command) {
        for (Misfortune misfortune : List.of(Misfortune.refuse("not today"), new Misfortune.LostAnswer())) {
            if (command == Command.LIVE_MIGRATE && misfortune instanceof Misfortune.LostAnswer) {
                continue;
            }
            Path own = folder.resolve(misfortune.getClass().getSimpleName());
            assertThat(own.toFile().mkdirs()).isTrue();
            try (SmallCloud cloud = new SmallCloud(
                    EachDatabase.SQLITE.fresh(own), own, 1, FleetOptions.of(3).sized(64, 65_536, 1_000))) {
                Server before = ready(cloud, way);
                cloud.fleet().strikeWith(Misfortunes.none().onNth(command, 1, misfortune));
                way.ask(moves(cloud), before.id());
                cloud.awaitRest();
                Server after = now(cloud);
                assertThat(after.vmState()).isEqualTo(before.vmState());
                assertThat(after.taskState()).isEmpty();
                assertThat(after.host()).isEqualTo(before.host());
                assertThat(after.flavor()).isEqualTo(before.flavor());
                assertThat(after.fault()).isPresent();
                assertThat(last(cloud, before.id()).status())
                        .isEqualTo(way.endsResize() ? MigrationStatus.FINISHED : MigrationStatus.FAILED);
                assertThat(cloud.fleet().count(PowerState.RUNNING)).isEqualTo(way == Way.EVACUATE ? 0 : 1);
                holds(cloud);
                way.ask(moves(cloud), before.id());
                cloud.awaitRest();
                arrived(cloud, way, before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SQLITE,RESIZE",
        "SQLITE,CONFIRM",
        "SQLITE,REVERT",
        "SQLITE,LIVE",
        "SQLITE,EVACUATE",
        "POSTGRESQL,RESIZE"
    })
    void a_move_goes_on_after_its_controller_died_at_any_step(EachDatabase kind, Way way) {
        int crashes = 0;
        boolean crashed = true;
        try (SmallCloud cloud = cloud(kind)) {
            while (crashed) {
                Server before = ready(cloud, way);
                commandsUntilCrash.set(crashes + 1);
                way.ask(moves(cloud), before.id());
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> dying.get().isPresent()
                                || now(cloud).taskState().isEmpty()
                                        && last(cloud, before.id()).status() == way.status);
                crashed = dying.get().isPresent();
                if (crashed) {
                    crashes++;
                    Thread thread = dying.get().get();
                    cloud.controller(0).operations().abandon();
                    dying.set(Optional.empty());
                    await().until(() -> !thread.isAlive());
                    cloud.restart();
                }
                cloud.awaitRest();
                arrived(cloud, way, before);
                commandsUntilCrash.set(Integer.MAX_VALUE);
                cloud.delete(before.id());
                cloud.awaitRest();
                lookAgain(cloud);
                cloud.fleet().hosts().forEach(host -> compute(cloud).setForcedDown(host.host(), false));
            }
        }
        assertThat(crashes).isGreaterThanOrEqualTo(1);
    }

    @Test
    void an_answer_that_is_lost_while_a_guest_moves_does_not_lose_the_guest() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, Way.LIVE);
            cloud.fleet().strikeWith(Misfortunes.none().onNth(Command.LIVE_MIGRATE, 1, new Misfortune.LostAnswer()));
            Way.LIVE.ask(moves(cloud), before.id());
            cloud.awaitRest();
            arrived(cloud, Way.LIVE, before);
        }
    }

    @Test
    void a_live_migration_that_hangs_is_aborted_or_forced_to_its_end_or_ended_by_a_delete() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, Way.LIVE);
            cloud.fleet().strikeWith(Misfortunes.none().byChance(Command.LIVE_MIGRATE, 1, new Misfortune.Hang()));
            hangs(cloud, before);
            moves(cloud).abort(SmallCloud.ann(), "req-a", before.id(), "1", false);
            cloud.awaitRest();
            assertThat(last(cloud, before.id()).status()).isEqualTo(MigrationStatus.CANCELLED);
            assertThat(now(cloud).host()).isEqualTo(before.host());
            assertThat(now(cloud).taskState()).isEmpty();
            assertThat(now(cloud).vmState()).isEqualTo(VmState.ACTIVE);
            holds(cloud);
            assertThatThrownBy(() -> moves(cloud).abort(SmallCloud.ann(), "req-a", before.id(), "1", false))
                    .hasMessageContaining("Cannot 'abort live migration' instance");

            hangs(cloud, before);
            moves(cloud).forceComplete(SmallCloud.ann(), "req-f", before.id(), "2");
            cloud.awaitRest();
            arrived(cloud, Way.LIVE, before);

            hangs(cloud, before);
            cloud.delete(before.id());
            cloud.awaitRest();
            assertThat(cloud.servers()).isEmpty();
            assertThat(cloud.fleet().guests().values())
                    .allSatisfy(guests -> assertThat(guests).isEmpty());
            holds(cloud);
        }
    }

    private static void hangs(SmallCloud cloud, Server server) {
        Way.LIVE.ask(moves(cloud), server.id());
        await().until(() -> last(cloud, server.id()).progress().isPresent());
    }

    @Test
    void a_dead_host_that_is_back_first_removes_what_was_evacuated() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, Way.EVACUATE);
            String dead = before.host().orElseThrow();
            Way.EVACUATE.ask(moves(cloud), before.id());
            cloud.awaitRest();
            assertThatThrownBy(() -> compute(cloud).setForcedDown(dead, false))
                    .hasMessageContaining("`done` evacuation");
            lookAgain(cloud);
            assertThat(guestsAt(cloud, dead)).isEmpty();
            assertThat(last(cloud, before.id()).status()).isEqualTo(MigrationStatus.COMPLETED);
            compute(cloud).setForcedDown(dead, false);
            holds(cloud);
        }
    }

    @Test
    void a_source_that_does_not_answer_keeps_no_confirmation_waiting_and_is_cleared_later() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, Way.CONFIRM);
            String source = last(cloud, before.id()).source();
            cloud.fleet().strikeWith(Misfortunes.none().onHost(source, Command.DESTROY, Misfortune.unreachable()));
            Way.CONFIRM.ask(moves(cloud), before.id());
            cloud.awaitRest();
            assertThat(now(cloud).vmState()).isEqualTo(VmState.ACTIVE);
            assertThat(guestsAt(cloud, source)).hasSize(1);
            cloud.fleet().strikeWith(Misfortunes.none());
            lookAgain(cloud);
            arrived(cloud, Way.CONFIRM, before);
        }
    }

    @Test
    void a_server_that_is_back_at_its_source_is_deleted_at_once() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, Way.REVERT);
            cloud.fleet().strikeWith(Misfortunes.none().onNth(Command.DESTROY, 1, new Misfortune.Hang()));
            long destroyed = cloud.fleet().calls(Command.DESTROY);
            Way.REVERT.ask(moves(cloud), before.id());
            await().until(() -> cloud.fleet().calls(Command.DESTROY) > destroyed);
            cloud.delete(before.id());
            cloud.awaitRest();
            assertThat(cloud.servers()).isEmpty();
            lookAgain(cloud);
            assertThat(cloud.fleet().guests().values())
                    .allSatisfy(guests -> assertThat(guests).isEmpty());
            holds(cloud);
        }
    }

    @Test
    void a_guest_whose_destination_loses_its_power_just_after_it_arrived_is_there_with_its_disks() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, Way.LIVE);
            cloud.fleet().hosts().stream()
                    .filter(host -> !host.host().equals(before.host().orElseThrow()))
                    .forEach(host -> host.subscribe(event -> {
                        if (event.power() == PowerState.RUNNING) {
                            host.losePower();
                            host.regainPower();
                        }
                    }));
            Way.LIVE.ask(moves(cloud), before.id());
            cloud.awaitRest();
            lookAgain(cloud);
            assertThat(now(cloud).host()).isEqualTo(last(cloud, before.id()).destination());
            assertThat(now(cloud).vmState()).isEqualTo(VmState.STOPPED);
            holds(cloud);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"MIGRATE", "RESIZE"})
    void a_server_that_is_off_stays_off(Way way) {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            Server before = ready(cloud, way);
            compute(cloud).command(SmallCloud.ann(), "req-s", before.id(), ServerCommand.STOP);
            cloud.awaitRest();
            way.ask(moves(cloud), before.id());
            cloud.awaitRest();
            assertThat(cloud.fleet().count(PowerState.RUNNING)).isZero();
            assertThat(now(cloud).vmState()).isEqualTo(VmState.RESIZED);
            Way.CONFIRM.ask(moves(cloud), before.id());
            cloud.awaitRest();
            assertThat(now(cloud).vmState()).isEqualTo(VmState.STOPPED);
            holds(cloud);
        }
    }
}
