package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A decision in words: a sentence without hosts for tenants, everything for operators. */
final class DecisionReport {
    private DecisionReport() {}

    static String tenantSentence(Decision decision) {
        if (decision.complete()) {
            return "A host was found.";
        }
        // The first sentence is the one that clients of Nova know.
        StringBuilder text = new StringBuilder("There are not enough hosts available.");
        if (!decision.selections().isEmpty()) {
            text.append(" Room was found for %d of %d servers."
                    .formatted(decision.selections().size(), decision.request().count()));
        }
        List<Shortage> nowhere = decision.shortages().stream()
                .filter(shortage ->
                        shortage.hostsWithout() == decision.hostsConsidered() && shortage.hostsWithout() > 0)
                .toList();
        for (Shortage shortage : nowhere) {
            text.append(" No host can give %d %s to one server; the largest free amount is %d."
                    .formatted(shortage.asked(), shortage.resourceClass(), shortage.largestFree()));
        }
        if (nowhere.isEmpty()) {
            emptied(decision).ifPresent(stage -> text.append(' ').append(sentence(stage, decision)));
        }
        return text.toString();
    }

    /** The check that left nobody. */
    private static Optional<Stage> emptied(Decision decision) {
        return decision.stages().stream()
                .filter(stage -> stage.hostsIn() > 0 && stage.rejected() == stage.hostsIn())
                .findFirst();
    }

    private static String sentence(Stage stage, Decision decision) {
        String check = stage.check();
        if (check.equals("capacity")) {
            return "No single host has all of the resources at once.";
        }
        String some = stage.hostsIn() == 1
                ? "1 host has the resources, but it "
                : stage.hostsIn() + " hosts have the resources, but none of them ";
        boolean one = stage.hostsIn() == 1;
        if (check.startsWith("trait:!")) {
            return some + (one ? "has" : "is without") + " the forbidden trait " + check.substring("trait:!".length())
                    + ".";
        }
        if (check.startsWith("trait:")) {
            return some + (one ? "lacks" : "has") + " the trait " + check.substring("trait:".length()) + ".";
        }
        String negation = one ? "is not " : "is ";
        return switch (check) {
            case "availability_zone" ->
                some + negation + "in availability zone "
                        + decision.request().destination().zone().orElse("") + ".";
            case "ComputeFilter", "compute_status_filter" -> some + negation + "in service.";
            case "requested_host", "requested_hypervisor" -> some + negation + "the one asked for.";
            case "ignored_hosts" -> some + negation + "left to try.";
            case "ServerGroupAntiAffinityFilter" ->
                some + (one ? "has no" : "has") + " place left for the server group's policy anti-affinity.";
            case "ServerGroupAffinityFilter" ->
                some + (one ? "does not run" : "runs") + " the other servers of the group.";
            default -> some + (one ? "does not pass " : "passes ") + check + ".";
        };
    }

    static Map<String, Object> operatorReport(Decision decision) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("complete", decision.complete());
        report.put("request", request(decision.request()));
        report.put("hosts", decision.hostsInView());
        report.put("considered", decision.hostsConsidered());
        report.put(
                "stages", decision.stages().stream().map(DecisionReport::stage).toList());
        report.put(
                "shortages",
                decision.shortages().stream().map(DecisionReport::shortage).toList());
        report.put(
                "selections",
                decision.selections().stream().map(DecisionReport::selection).toList());
        report.put("sentence", tenantSentence(decision));
        return report;
    }

    private static Map<String, Object> request(PlacementRequest request) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("project_id", request.projectId());
        told.put("flavor", request.flavor().name());
        told.put("count", request.count());
        told.put("resources", request.resources());
        told.put("required_traits", List.copyOf(request.requiredTraits()));
        told.put("forbidden_traits", List.copyOf(request.forbiddenTraits()));
        request.image().id().ifPresent(id -> told.put("image", id));
        request.group().ifPresent(group -> {
            told.put("group", group.id());
            told.put("group_policy", group.policy().label());
        });
        Destination destination = request.destination();
        destination.zone().ifPresent(zone -> told.put("zone", zone));
        destination.host().ifPresent(host -> told.put("host", host));
        destination.hypervisorHostname().ifPresent(hypervisor -> told.put("hypervisor_hostname", hypervisor));
        told.put("forced", destination.forced());
        told.put("ignored_hosts", destination.ignoredHosts().stream().sorted().toList());
        return told;
    }

    private static Map<String, Object> stage(Stage stage) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("check", stage.check());
        told.put("hosts_in", stage.hostsIn());
        told.put("rejected", stage.rejected());
        told.put(
                "examples",
                stage.examples().stream()
                        .map(example -> Map.of("host", example.host(), "reason", example.reason()))
                        .toList());
        return told;
    }

    private static Map<String, Object> shortage(Shortage shortage) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("resource_class", shortage.resourceClass());
        told.put("asked", shortage.asked());
        told.put("hosts_without", shortage.hostsWithout());
        told.put("largest_free", shortage.largestFree());
        return told;
    }

    private static Map<String, Object> selection(Selection selection) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("chosen", candidate(selection.chosen()));
        List<Object> alternates = new ArrayList<>();
        selection.alternates().forEach(alternate -> alternates.add(candidate(alternate)));
        told.put("alternates", alternates);
        return told;
    }

    private static Map<String, Object> candidate(Candidate candidate) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("host", candidate.host());
        told.put("resource_provider", candidate.resourceProviderId());
        told.put("generation", candidate.generation());
        told.put("weight", candidate.weight());
        told.put("weights", candidate.weights());
        return told;
    }
}
