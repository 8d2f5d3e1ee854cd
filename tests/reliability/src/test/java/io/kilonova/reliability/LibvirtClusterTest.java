package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Real guests on two machines, each with its own libvirt and Open vSwitch, and two controllers on two others. One guest goes
 * from machine to machine in every way, while agents and controllers are killed; it and its neighbour tell whether it lost
 * anything.
 */
class LibvirtClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int GATE = 8089;
    private static final int API = 8088;

    /** {@code -Dlibvirt.moves=N}: so many random moves more. */
    private static final int RANDOM_MOVES = Integer.getInteger("libvirt.moves", 0);

    private static final int LONGEST_WAIT_MILLIS = 8_000;
    private static final String QUIET = "#!/bin/sh\n";

    @TempDir
    private Path folder;

    private static final int TRAVELLERS = 3;

    private NetworkLab lab;
    private CrashingPostgresql database;
    private LibvirtMachine one;
    private LibvirtMachine two;
    private LibvirtMachine three;
    private LibvirtMachine four;
    private Cluster cluster;
    private GuestCatalogue catalogue;

    @BeforeEach
    void makeMachines() throws Exception {
        lab = new NetworkLab();
        database = new CrashingPostgresql(lab.machine("db", 0));
        one = new LibvirtMachine(lab.machine("one", GATE), "one");
        two = new LibvirtMachine(lab.machine("two", GATE), "two");
        three = new LibvirtMachine(lab.machine("three", API), "three");
        four = new LibvirtMachine(lab.machine("four", API), "four");
        cluster = new Cluster(folder, database.url(), Program.ofThisBuild());
    }

    @AfterEach
    void endAllMachines() throws Exception {
        cluster.close();
        for (LibvirtMachine machine : List.of(one, two, three, four)) {
            machine.close();
        }
        database.close();
        lab.close();
    }

    @Test
    void a_real_guest_goes_from_machine_to_machine_in_every_way_and_loses_nothing_whoever_is_killed() throws Exception {
        ClusterMember seated = cluster.controller(Program.ofThisBuild(), three.place(), "three", GATE);
        String first = seated.start();
        ClusterMember agent = node(one, "one");
        ClusterMember receiver = node(two, "two");
        String second = cluster.controller(Program.ofThisBuild(), four.place(), "four", GATE)
                .start();
        try (CloudApi api = cluster.signIn(first);
                CloudApi other = cluster.signIn(second)) {
            Cluster.awaitHosts(api, 2);
            catalogue = GuestCatalogue.furnish(api, folder);
            String blue = GuestCatalogue.network(api, "blue", "10.77.0.0/24");
            LibvirtGuest neighbour = LibvirtGuest.boot(api, catalogue.server("neighbour", blue, "two"), QUIET);
            LibvirtGuest traveller = traveller(
                    api,
                    catalogue.server("traveller", blue, "one"),
                    LibvirtGuest.counting(neighbour.addressOn("blue")));

            itRunsOnWithoutItsAgent(traveller, agent);
            traveller.act("{\"resize\": {\"flavorRef\": \"larger\"}}");
            seated.close();
            LibvirtGuest guest = traveller.seenBy(other);
            itIsResizedAndComesBackWithoutTheControllerThatMadeNetworks(guest);
            theAgentThatSendsItsDisksIsKilled(guest, agent, neighbour);
            itsSourceIsGivenUp(guest);

            // Whoever sits where networks are made by now made this one.
            String green = GuestCatalogue.network(other, "green", "10.78.0.0/24");
            LibvirtGuest late = LibvirtGuest.boot(other, catalogue.server("late", green, "one"), QUIET);
            long before = guest.awaitTickAfter(0);
            String boot = guest.boot();
            seated.start();
            guest.awaitTickAfter(before);
            assertThat(guest.boot()).isEqualTo(boot);
            ClusterMember again = aMachineLosesItsPowerAndItsGuestIsMadeElsewhere(other, late, guest);
            itMovesAtRandomWhileSomebodyIsKilled(traveller, guest, List.of(seated, again, receiver));
            for (LibvirtGuest each : List.of(late, guest, neighbour.seenBy(other))) {
                each.delete();
            }
            await("nothing to be left")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(List.of(domains(), one.guestFolders(), two.guestFolders()))
                            .containsExactly(List.of(0, 0), List.of(), List.of()));
        }
    }

    /** A guest that was moved while it ran; another one where the emulator lost what the first one's kernel wrote meanwhile. */
    private LibvirtGuest traveller(CloudApi api, String template, String script) throws IOException {
        for (int attempt = 1; true; attempt++) {
            LibvirtGuest guest = LibvirtGuest.boot(api, template, script);
            try {
                itIsHeldBackHurriedAndComesBackWhileItRuns(guest, api);
                return guest;
            } catch (LibvirtGuest.KernelPanicked broken) {
                if (attempt == TRAVELLERS) {
                    throw broken;
                }
                System.out.println(
                        "A guest's kernel did not survive being moved; another guest is: " + broken.getMessage());
                guest.delete();
                await("the broken guest to be gone")
                        .atMost(PATIENCE)
                        .until(() -> domains().equals(List.of(0, 1)));
            }
        }
    }

    private void itIsHeldBackHurriedAndComesBackWhileItRuns(LibvirtGuest guest, CloudApi api) throws IOException {
        long before = guest.awaitTickAfter(0);
        String boot = guest.boot();
        one.slowDown(guest.id());
        guest.liveMigrate("two");
        api.delete(guest.awaitOnItsWay()).orFail();
        guest.awaitAtRest("ACTIVE", "one");
        assertThat(domains()).isEqualTo(List.of(1, 1));
        long stayed = guest.awaitTickAfter(before);

        one.slowDown(guest.id());
        guest.liveMigrate("two");
        api.post(guest.awaitOnItsWay() + "/action", "{\"force_complete\": null}")
                .orFail();
        guest.awaitAtRest("ACTIVE", "two");
        assertThat(domains()).isEqualTo(List.of(0, 2));
        long there = guest.awaitTickAfter(stayed);

        guest.liveMigrate("one");
        guest.awaitAtRest("ACTIVE", "one");
        assertThat(domains()).isEqualTo(List.of(1, 1));
        guest.awaitTickAfter(there);
        assertThat(guest.boot()).isEqualTo(boot);
    }

    private static void itRunsOnWithoutItsAgent(LibvirtGuest guest, ClusterMember agent) throws IOException {
        long before = guest.awaitTickAfter(0);
        String boot = guest.boot();
        agent.close();
        agent.start();
        guest.awaitTickAfter(before);
        assertThat(guest.boot()).isEqualTo(boot);
    }

    private void itIsResizedAndComesBackWithoutTheControllerThatMadeNetworks(LibvirtGuest guest) throws IOException {
        guest.awaitAtRest("VERIFY_RESIZE", "two");
        guest.awaitTickAfter(guest.awaitTickAfter(0));
        guest.act("{\"revertResize\": null}");
        guest.awaitAtRest("ACTIVE", "one");
        assertThat(domains()).isEqualTo(List.of(1, 1));
        guest.awaitTickAfter(guest.awaitTickAfter(0));
    }

    private void theAgentThatSendsItsDisksIsKilled(LibvirtGuest guest, ClusterMember agent, LibvirtGuest neighbour)
            throws IOException {
        long before = guest.awaitTickAfter(0);
        one.narrow();
        guest.act("{\"migrate\": null}");
        await("a part of the disk to be there").atMost(PATIENCE).until(() -> two.arrivedBytes(guest.id()) > 4 << 20);
        agent.close();
        one.widen();
        agent.start();
        guest.awaitAtRest("ACTIVE", "one");
        assertThat(two.guestFolders()).containsExactly(neighbour.id());
        guest.awaitTickAfter(before);
    }

    private void itsSourceIsGivenUp(LibvirtGuest guest) throws IOException {
        long before = guest.awaitTickAfter(0);
        guest.act("{\"migrate\": null}");
        guest.awaitAtRest("VERIFY_RESIZE", "two");
        guest.act("{\"confirmResize\": null}");
        guest.awaitStatus("ACTIVE");
        guest.awaitAtRest("ACTIVE", "two");
        assertThat(domains()).isEqualTo(List.of(0, 2));
        guest.awaitTickAfter(before);
    }

    /** Answers the agent that the machine has when it is back. */
    private ClusterMember aMachineLosesItsPowerAndItsGuestIsMadeElsewhere(
            CloudApi api, LibvirtGuest victim, LibvirtGuest witness) throws IOException {
        String address = victim.addressOn("green");
        assertThat(victim.ask("{\"evacuate\": {}}").status()).isEqualTo(400);
        long before = witness.awaitTickAfter(0);

        one.losePower();
        await("the machine to be seen as down")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Cluster.states(api).equals(Map.of("one", "down", "two", "up")));
        victim.act("{\"evacuate\": {}}");
        victim.awaitAtRest("ACTIVE", "two");
        victim.awaitReady();
        assertThat(victim.addressOn("green")).isEqualTo(address);
        assertThat(victim.portHosts()).containsExactly("two");
        // What may be left on the machine keeps its room until that is known to be gone.
        assertThat(usedProcessors(api)).isEqualTo(Map.of("one", 1, "two", 3));
        List<Long> processes = List.of(two.process(victim.id()), two.process(witness.id()));
        assertThat(one.guestFolders()).containsExactly(victim.id());

        one.powerOn();
        ClusterMember agent = cluster.enrolledNode(Program.ofThisBuild(), one.place(), "one", Cluster.LIBVIRT);
        agent.start();
        one.sendTunnelsThrough(cluster.stateOf("one").resolve("network/run/conf.sock"));
        await("what is left of the guest to be gone from the machine")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(List.of(domains(), one.guestFolders(), usedProcessors(api)))
                        .containsExactly(List.of(0, 3), List.of(), Map.of("one", 0, "two", 3)));
        Cluster.awaitHosts(api, 2);
        assertThat(List.of(two.process(victim.id()), two.process(witness.id()))).isEqualTo(processes);
        witness.awaitTickAfter(before);
        return agent;
    }

    /** How many processors are given away on each host. */
    private static Map<String, Integer> usedProcessors(CloudApi api) throws IOException {
        Map<String, Integer> used = new TreeMap<>();
        for (JsonNode service : Cluster.services(api)) {
            used.put(
                    service.path("host").stringValue(),
                    api.get("/placement/resource_providers/%s/usages"
                                    .formatted(service.path("id").stringValue()))
                            .path("usages")
                            .path("VCPU")
                            .asInt());
        }
        return used;
    }

    /** Each move is asked of the first controller, which may be killed, and seen by the other. */
    private void itMovesAtRandomWhileSomebodyIsKilled(
            LibvirtGuest asked, LibvirtGuest seen, List<ClusterMember> victims) throws Exception {
        long seed = Long.getLong("libvirt.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> counts = new TreeMap<>();
        for (int move = 0; move < RANDOM_MOVES; move++) {
            long before = seen.awaitTickAfter(0);
            String source = seen.host();
            String goal = source.equals("one") ? "two" : "one";
            boolean live = random.nextBoolean();
            if (live) {
                asked.liveMigrate(goal);
            } else {
                asked.act("{\"migrate\": null}");
            }
            int victim = random.nextInt(victims.size());
            boolean unused = new CountDownLatch(1).await(random.nextInt(LONGEST_WAIT_MILLIS), TimeUnit.MILLISECONDS);
            victims.get(victim).close();
            victims.get(victim).start();
            seen.awaitAtRest();
            if (seen.status().equals("VERIFY_RESIZE")) {
                seen.act(random.nextBoolean() ? "{\"confirmResize\": null}" : "{\"revertResize\": null}");
                seen.awaitStatus("ACTIVE");
            }
            String came = seen.host().equals(source) ? " stayed" : " went";
            counts.merge(
                    List.of("controller", "agent one", "agent two").get(victim) + (live ? " live" : " off") + came,
                    1,
                    Integer::sum);
            System.out.println("LibvirtClusterTest: seed " + seed + " " + counts);
            seen.awaitAtRest("ACTIVE", seen.host());
            assertThat(domains())
                    .as(cluster.complaints())
                    .isEqualTo(seen.host().equals("one") ? List.of(1, 2) : List.of(0, 3));
            seen.awaitTickAfter(before);
        }
    }

    private ClusterMember node(LibvirtMachine machine, String name) throws Exception {
        ClusterMember node = cluster.node(
                Program.ofThisBuild(), machine.place(), name, three.place().address() + ":" + GATE, Cluster.LIBVIRT);
        node.start();
        machine.sendTunnelsThrough(cluster.stateOf(name).resolve("network/run/conf.sock"));
        return node;
    }

    /** How many guests each machine's libvirt knows. */
    private List<Integer> domains() {
        return List.of(one.domains().size(), two.domains().size());
    }
}
