package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.api.ContractFolder.Row;
import io.kilonova.fake.Command;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.http.Microversion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Our answers against Nova's schemas of answers, at the first and last version of each. Runs where {@code
 * NOVA_CONTRACT} names the contract's folder.
 */
class ContractAnswersTest {
    @TempDir
    private Path folder;

    /** Routes of the contract to requests that answer them; {@code {host}} is a host's id of the version. */
    private static Map<String, String> requests(String server, String flavor) {
        String usage = "?start=2020-01-01T00:00:00&detailed=1";
        Map<String, String> requests = new LinkedHashMap<>();
        requests.put("GET /flavors ", "/flavors?limit=1");
        requests.put("GET /flavors/detail ", "/flavors/detail?limit=1");
        requests.put("GET /flavors/{id} ", "/flavors/1");
        requests.put("GET /flavors/{flavor_id}/os-extra_specs ", "/flavors/1/os-extra_specs");
        requests.put("GET /flavors/{flavor_id}/os-extra_specs/{id} ", "/flavors/1/os-extra_specs/a");
        requests.put("GET /flavors/{flavor_id}/os-flavor-access ", "/flavors/" + flavor + "/os-flavor-access");
        requests.put("GET /os-keypairs ", "/os-keypairs?limit=1");
        requests.put("GET /os-keypairs/{id} ", "/os-keypairs/key");
        requests.put("GET /limits ", "/limits");
        requests.put("GET /os-quota-sets/{id} ", "/os-quota-sets/" + CatalogueCloud.ANNS);
        requests.put("GET /os-quota-sets/{id}/detail ", "/os-quota-sets/" + CatalogueCloud.ANNS + "/detail");
        requests.put("GET /os-quota-sets/{id}/defaults ", "/os-quota-sets/" + CatalogueCloud.ANNS + "/defaults");
        requests.put("GET /os-quota-class-sets/{id} ", "/os-quota-class-sets/default");
        requests.put("GET /os-simple-tenant-usage ", "/os-simple-tenant-usage" + usage + "&limit=1");
        requests.put(
                "GET /os-simple-tenant-usage/{id} ",
                "/os-simple-tenant-usage/" + CatalogueCloud.ANNS + "?start=2020-01-01T00:00:00");
        requests.put("GET /os-availability-zone ", "/os-availability-zone");
        requests.put("GET /os-availability-zone/detail ", "/os-availability-zone/detail");
        requests.put("GET /os-services ", "/os-services");
        requests.put("GET /os-hypervisors ", "/os-hypervisors");
        requests.put("GET /os-hypervisors/detail ", "/os-hypervisors/detail");
        requests.put("GET /os-hypervisors/statistics ", "/os-hypervisors/statistics");
        requests.put("GET /os-hypervisors/{id} ", "/os-hypervisors/{host}");
        requests.put("GET /os-hypervisors/{id}/search ", "/os-hypervisors/fake/search");
        requests.put("GET /os-hypervisors/{id}/servers ", "/os-hypervisors/fake/servers");
        requests.put("GET /extensions ", "/extensions");
        requests.put("GET /os-migrations ", "/os-migrations?limit=1");
        requests.put("GET /servers/{server_id}/migrations ", "/servers/" + server + "/migrations");
        requests.put("GET /servers/{server_id}/migrations/{id} ", "/servers/" + server + "/migrations/1");
        requests.put("GET /servers/{server_id}/os-server-password ", "/servers/" + server + "/os-server-password");
        return requests;
    }

    @Test
    void every_answer_has_the_form_that_the_contract_gives_it() {
        Optional<ContractFolder> contract = ContractFolder.fromEnvironment();
        if (contract.isEmpty()) {
            System.out.println("ContractAnswersTest ran NOTHING: NOVA_CONTRACT does not name the contract's folder.");
            return;
        }
        try (CatalogueCloud cloud = new CatalogueCloud(folder)) {
            String server = cloud.boot("ann", "one");
            cloud.post("root", "2.1", "/flavors", """
                    {"flavor": {"name": "s", "id": "s", "ram": 1, "vcpus": 1, "disk": 1,
                     "os-flavor-access:is_public": false}}""");
            cloud.post(
                    "root",
                    "2.1",
                    "/flavors/s/action",
                    "{\"addTenantAccess\": {\"tenant\": \"%s\"}}".formatted(CatalogueCloud.ANNS));
            cloud.post("root", "2.1", "/flavors/1/os-extra_specs", "{\"extra_specs\": {\"a\": \"b\"}}");
            cloud.post("root", "2.1", "/os-keypairs", "{\"keypair\": {\"name\": \"key\"}}");
            cloud.fleet().strikeWith(Misfortunes.none().byChance(Command.LIVE_MIGRATE, 1, new Misfortune.Hang()));
            cloud.post("root", "2.68", "/servers/" + server + "/action", """
                    {"os-migrateLive": {"host": null, "block_migration": "auto"}}""");
            await().until(() -> cloud.fleet().calls(Command.LIVE_MIGRATE) > 0);
            Map<String, String> requests = requests(server, "s");
            ContractJudge judge = new ContractJudge(contract.get().formats());
            List<String> wrong = new ArrayList<>();
            int count = 0;
            for (Row row : contract.get().rows()) {
                String path = requests.get(row.route());
                if (path != null && !row.legacy() && !row.answer().isEmpty()) {
                    Predicate<JsonNode> accepts = judge.of(contract.get().schema(row.answer()));
                    for (Microversion version : new TreeSet<>(List.of(row.first(), row.last()))) {
                        count++;
                        check(cloud, version, path, accepts).ifPresent(wrong::add);
                    }
                }
            }
            System.out.println("ContractAnswersTest compared " + count + " answers with the contract's schemas.");
            assertThat(wrong).isEmpty();
        }
    }

    private static Optional<String> check(
            CatalogueCloud cloud, Microversion version, String path, Predicate<JsonNode> accepts) {
        String known = path.replace(
                "{host}",
                cloud.get("root", version.toString(), "/os-hypervisors")
                        .json()
                        .path("hypervisors")
                        .get(0)
                        .path("id")
                        .asString());
        boolean takesNoLimit = version.before(2, 40) && path.contains("tenant-usage");
        CatalogueCloud.Reply reply =
                cloud.get("root", version.toString(), takesNoLimit ? known.replace("&limit=1", "") : known);
        return reply.status() == 200 && accepts.test(reply.json())
                ? Optional.empty()
                : Optional.of(version + " " + known + " -> " + reply.status() + " " + reply.text());
    }
}
