package io.kilonova.simulation;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.spi.PowerState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A story in which one thing happens after the other, and at most one {@link Blow}. Together they go through every step of every
 * operation, there and back; an operation that is added needs a line here.
 *
 * @param name what is told
 * @param before what has happened before anything breaks
 * @param acts what happens
 * @param blow what strikes meanwhile
 */
record Scenario(String name, List<Act> before, List<Act> acts, Optional<Blow> blow) implements Story {
    private static final Misfortune REFUSAL = Misfortune.refuse("as it was told");

    static final List<Scenario> ALL = List.of(
            that("a server is built and deleted").acts(user("create"), user("delete")),
            that("a server is built elsewhere").acts(refused(Command.SPAWN, 1), user("create")),
            that("a build is refused when it is asked for again").acts(refused(Command.SPAWN, 2), user("create")),
            that("a server is built nowhere").acts(neverDone(Command.SPAWN), user("create")),
            that("more is asked for than there is room").acts(Scenario::crowd),
            that("a server is stopped and rebuilt")
                    .after(user("create"))
                    .acts(user("stop"), user("rebuild"), user("start")),
            that("a card comes and goes").after(user("create")).acts(user("attach a card"), user("detach a card")),
            that("a card is refused")
                    .after(user("create"))
                    .acts(refused(Command.ATTACH_INTERFACE, 1), user("attach a card")),
            that("a card stays")
                    .after(user("create"))
                    .acts(refused(Command.DETACH_INTERFACE, 1), user("detach a card")),
            that("a server grows").after(user("create")).acts(user("resize"), user("confirm")),
            that("a server grows and shrinks again").after(user("create")).acts(user("resize"), user("revert")),
            that("a server that is off is moved")
                    .after(user("create"), user("stop"))
                    .acts(user("migrate"), user("confirm")),
            that("a server does not start where it was moved")
                    .after(user("create"))
                    .acts(refused(Command.START, 1), user("resize")),
            that("a server does not start where it came from")
                    .after(user("create"), user("resize"))
                    .acts(refused(Command.START, 1), user("revert")),
            that("a server moves while it runs").after(user("create")).acts(user("migrate live")),
            that("a server cannot move while it runs")
                    .after(user("create"))
                    .acts(refused(Command.LIVE_MIGRATE, 1), user("migrate live")),
            that("a server comes back to a host where it was left behind")
                    .after(user("create"), refused(Command.DESTROY, 1), user("migrate live"), Scenario::closeEmptyHosts)
                    .acts(Scenario::minutesPass, user("migrate live")),
            that("a server stays on a host that is silent and lives")
                    .after(user("create"))
                    .acts(Scenario::silence, user("evacuate a host that lives")),
            that("a server stays on a host that only one controller does not hear")
                    .after(user("create"))
                    .acts(Scenario::partition, user("evacuate a host that lives")),
            that("a guest stops and nobody hears of it")
                    .after(user("create"))
                    .acts(Scenario::agentsEnd, Scenario::guestStops, Scenario::minutesPass),
            that("a guest stops, and that is heard after it runs again")
                    .after(user("create"))
                    .acts(
                            Scenario::newsIsLate,
                            Scenario::guestStops,
                            Scenario::minutesPass,
                            user("start"),
                            Scenario::guestStops,
                            user("start"),
                            Scenario::minutesPass),
            that("a server leaves a dead host")
                    .after(user("create"), Scenario::outage)
                    .acts(user("evacuate a dead host")),
            that("a server is refused where it should go")
                    .after(user("create"), Scenario::outage)
                    .acts(refused(Command.SPAWN, 1), user("evacuate a dead host")));

    /** One thing that happens. */
    @FunctionalInterface
    interface Act extends Consumer<Stage> {}

    private static Scenario that(String name) {
        return new Scenario(name, List.of(), List.of(), Optional.empty());
    }

    private Scenario after(Act... first) {
        return new Scenario(name, List.of(first), acts, blow);
    }

    private Scenario acts(Act... then) {
        return new Scenario(name, before, List.of(then), blow);
    }

    /** The same, struck by a blow. */
    Scenario struckBy(Blow next) {
        return new Scenario(name, before, acts, Optional.of(next));
    }

    static Scenario named(String name) {
        return ALL.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Two: when one is gone, the other takes over. */
    @Override
    public int controllers(World world) {
        return 2;
    }

    @Override
    public void unfold(Stage stage) {
        stage.look(); // the controllers start
        before.forEach(act -> act.accept(stage));
        stage.cloud().forget();
        blow.ifPresent(stage.cloud()::await);
        acts.forEach(act -> act.accept(stage));
    }

    /** A user does something, and waits until nothing goes on any more. */
    private static Act user(String action) {
        return stage -> {
            AtomicBoolean answered = new AtomicBoolean();
            SimulatedController controller = stage.controller();
            stage.ask(controller, UserAction.named(action), () -> answered.set(true));
            while (!answered.get() && !controller.life().isOver()) {
                stage.look();
            }
            stage.awaitQuiet();
        };
    }

    /** Two controllers are asked at once for more than there is room for. */
    private static void crowd(Stage stage) {
        for (int i = 0; i < 5; i++) {
            stage.cloud().controllers().forEach(each -> stage.ask(each, UserAction.named("create large"), () -> {}));
        }
        stage.look();
        stage.awaitQuiet();
    }

    /** A host refuses the next command of a kind, or the one after. */
    private static Act refused(Command command, int occurrence) {
        return stage -> stage.cloud().fleet().strikeWith(Misfortunes.none().onNth(command, occurrence, REFUSAL));
    }

    private static Act neverDone(Command command) {
        return stage -> stage.cloud().fleet().strikeWith(Misfortunes.none().byChance(command, 1, REFUSAL));
    }

    /** Servers go only where there are guests, or what is left of them. */
    private static void closeEmptyHosts(Stage stage) {
        stage.cloud().hosts().stream()
                .filter(host -> host.hypervisor().fakeGuests().isEmpty())
                .forEach(host -> stage.controller().compute().setDisabled(host.name(), true, Optional.of("as told")));
    }

    /** So long that each host was asked for its guests. */
    private static void minutesPass(Stage stage) {
        for (int looks = 0; looks < 65; looks++) {
            stage.look();
        }
    }

    /** No sign of life of the host is heard, for so long that it counts as down. */
    private static void silence(Stage stage) {
        withGuests(stage).forEach(host -> stage.cloud().weather().silentHosts.add(host.name()));
        waitUntilDown(stage);
    }

    /** The controller that is asked next and the host do not reach each other, for so long that it takes the host for dead. */
    private static void partition(Stage stage) {
        String cutOff = stage.controller().name();
        withGuests(stage).forEach(host -> {
            stage.cloud().weather().partitions.add(cutOff + ">" + host.name());
            stage.cloud().weather().partitions.add(host.name() + ">" + cutOff);
        });
        waitUntilDown(stage);
    }

    private static void waitUntilDown(Stage stage) {
        for (int looks = 0; looks < 18; looks++) {
            stage.look();
        }
    }

    /** The agents end, and are started again some seconds later. */
    private static void agentsEnd(Stage stage) {
        stage.cloud().hosts().forEach(SimulatedHost::killAgent);
    }

    private static void newsIsLate(Stage stage) {
        stage.cloud().weather().lateReports = 1;
    }

    /** Every guest that runs is shut down from within. */
    private static void guestStops(Stage stage) {
        stage.cloud().hosts().stream()
                .map(SimulatedHost::hypervisor)
                .forEach(host -> host.fakeGuests().stream()
                        .filter(FakeGuest::live)
                        .forEach(guest -> host.happens(guest.id(), PowerState.SHUT_DOWN)));
        stage.look();
    }

    /** The host of the server loses its power, until all is well again. */
    private static void outage(Stage stage) {
        withGuests(stage).forEach(SimulatedHost::losePower);
    }

    private static List<SimulatedHost> withGuests(Stage stage) {
        return stage.cloud().hosts().stream()
                .filter(host -> !host.hypervisor().fakeGuests().isEmpty())
                .toList();
    }
}
