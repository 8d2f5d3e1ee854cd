package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A cloud of one machine with real guests becomes a controller and a node, as README says, and its guests never notice. */
class LibvirtMovedCloudTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int API = 8088;
    private static final int GATE = 8089;
    private static final int AGENT = 8090;
    private static final String QUIET = "#!/bin/sh\n";

    @TempDir
    private Path folder;

    private NetworkLab lab;
    private CrashingPostgresql database;
    private LibvirtMachine machine;
    private GuestCatalogue catalogue;
    private String network;
    private String group;

    @BeforeEach
    void makeTheMachine() throws Exception {
        lab = new NetworkLab();
        database = new CrashingPostgresql(lab.machine("db", 0));
        machine = new LibvirtMachine(lab.machine("one", API), "one");
    }

    @AfterEach
    void endTheMachine() throws Exception {
        machine.close();
        database.close();
        lab.close();
    }

    @Test
    void a_cloud_of_one_machine_becomes_a_cluster_and_its_real_guests_run_on_with_all_that_they_have()
            throws Exception {
        try (CloudProcess cloud = new CloudProcess(folder, machine.place(), "libvirt")) {
            cloud.start();
            LibvirtGuest neighbour;
            LibvirtGuest guest;
            try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password())) {
                furnish(api);
                neighbour = boot(api, "neighbour", QUIET);
                guest = boot(api, "traveller", LibvirtGuest.counting(neighbour.addressOn("blue")));
                guest.awaitTickAfter(0);
            }
            List<Long> processes = List.of(machine.process(guest.id()), machine.process(neighbour.id()));
            cloud.stop();

            String file = folder.resolve("cloud.kilonova").toString();
            assertThat(cloud.run("export", file)).as(cloud.log()).isZero();
            try (Cluster cluster = new Cluster(folder, database.url(), Program.ofThisBuild())) {
                assertThat(cloud.run("import", file)).as(cloud.log()).isZero();
                try (CloudApi api = start(cluster)) {
                    runOn(guest.seenBy(api), api);
                    assertThat(cloud.state().resolve("network/run")).isDirectoryContaining("glob:**/vswitchd.pid");
                    assertThat(cloud.state().resolve("network/run")).isDirectoryNotContaining("glob:**/northd.pid");
                    assertThat(List.of(machine.process(guest.id()), machine.process(neighbour.id())))
                            .isEqualTo(processes);
                    doWhatTheyAreTold(guest.seenBy(api), neighbour.seenBy(api), api);
                }
            }
        }
    }

    private void furnish(CloudApi api) throws IOException {
        catalogue = GuestCatalogue.furnish(api, folder);
        network = GuestCatalogue.network(api, "blue", "10.77.0.0/24");
        group = GuestCatalogue.made(api, "security_group", "{\"name\": \"web\"}");
        String _ = open(api);
    }

    /** Lets all reach the guests of the group. */
    private String open(CloudApi api) throws IOException {
        return GuestCatalogue.made(
                api,
                "security_group_rule",
                "{\"security_group_id\": \"%s\", \"direction\": \"ingress\", \"protocol\": \"tcp\"}".formatted(group));
    }

    private LibvirtGuest boot(CloudApi api, String name, String script) throws IOException {
        String template = catalogue
                .server(name, network, "one")
                .replace("{\"server\": {", "{\"server\": {\"security_groups\": [{\"name\": \"web\"}], ");
        return LibvirtGuest.boot(api, template, script);
    }

    private CloudApi start(Cluster cluster) throws Exception {
        Place place = machine.place();
        String address = cluster.controller(Program.ofThisBuild(), place, "controller", GATE)
                .start();
        Place agent = new Place(place.address(), AGENT, place.entry());
        cluster.node(Program.ofThisBuild(), agent, "one", place.address() + ":" + GATE, Cluster.LIBVIRT)
                .start();
        CloudApi api = cluster.signIn(address);
        Cluster.awaitHosts(api, 1);
        return api;
    }

    /** It has counted all the time, reads its metadata and its neighbour, and what is changed of the networks is so. */
    private void runOn(LibvirtGuest guest, CloudApi api) throws IOException {
        long before = guest.awaitTickAfter(0);
        String boot = guest.boot();
        long now = guest.awaitTickAfter(before);
        assertThat(guest.boot()).isEqualTo(boot);
        for (JsonNode rule : api.get(
                        "/networking/v2.0/security-group-rules?direction=ingress&security_group_id=" + group)
                .path("security_group_rules")) {
            api.delete("/networking/v2.0/security-group-rules/"
                            + rule.path("id").stringValue())
                    .orFail();
        }
        guest.awaitLonelyTickAfter(now);
        String _ = open(api);
        guest.awaitTickAfter(now);
        assertThat(guest.boot()).isEqualTo(boot);
    }

    private void doWhatTheyAreTold(LibvirtGuest guest, LibvirtGuest neighbour, CloudApi api) throws IOException {
        guest.act("{\"pause\": null}");
        guest.awaitAtRest("PAUSED", "one");
        guest.act("{\"unpause\": null}");
        guest.awaitAtRest("ACTIVE", "one");
        String boot = guest.boot();
        long before = guest.awaitTickAfter(0);
        guest.act("{\"reboot\": {\"type\": \"HARD\"}}");
        LibvirtGuest late = boot(api, "late", QUIET);
        guest.awaitAtRest("ACTIVE", "one");
        guest.awaitTickAfter(before);
        assertThat(guest.boot()).isNotEqualTo(boot);
        for (LibvirtGuest each : List.of(late, guest, neighbour)) {
            each.delete();
        }
        await("nothing to be left")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(List.of(machine.domains(), machine.guestFolders()))
                        .containsExactly(List.of(), List.of()));
    }
}
