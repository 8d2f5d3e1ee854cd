package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides where servers go: a pure function of a view, a request and a random source. Cost at 10,000 hosts with Nova's default
 * filters: a walk over the columns until {@link SchedulerOptions#maximumResults()} hosts have passed, then about 100 ns
 * for each of these.
 */
public final class Scheduler {
    private final SchedulerOptions options;
    private final List<HostFilter> filters;
    private final List<HostWeigher> weighers;

    /**
     * A scheduler with these options.
     *
     * @throws io.kilonova.errors.ServiceException with {@link SchedulingError#FILTER_UNKNOWN}
     */
    public Scheduler(SchedulerOptions options) {
        this.options = options;
        this.filters = FilterCatalogue.enabled(options.enabledFilters(), options.filters());
        this.weighers = HostWeigher.all(options);
    }

    /**
     * Places each server of the request, one after the other, each seeing what those before it took. The same view, request and
     * random source give the same decision.
     *
     * @throws io.kilonova.errors.ServiceException with {@link SchedulingError#HINT_INVALID} or
     *     {@link SchedulingError#EXTRA_SPEC_INVALID}; never because there is no room, which the decision tells
     */
    public Decision decide(HostView view, PlacementRequest asked, RandomGenerator random) {
        PlacementRequest request = RequestFilters.apply(asked, options.requestFilters());
        List<Selection> selections = new ArrayList<>(request.count());
        HostView current = view;
        PlacementRequest next = request;
        while (true) {
            Survey survey = survey(current, next, random);
            int[] passed = survey.passed();
            if (passed.length > 0) {
                Selection selection = choose(new Weighing.Hosts(current, passed), next, random);
                selections.add(selection);
                String host = selection.chosen().host();
                current = current.claiming(host, request.resources());
                if (next.group().isPresent()) {
                    next = next.withGroup(next.group().get().joinedOn(host));
                }
            }
            if (passed.length == 0 || selections.size() == request.count()) {
                return new Decision(
                        request, selections, view.size(), survey.considered(), survey.stages(), survey.shortages());
            }
        }
    }

    /** What every check says of one host: "why not host H". */
    public Explanation explain(HostView view, PlacementRequest asked, String hostName) {
        Optional<Host> found = view.find(hostName);
        if (found.isEmpty()) {
            return new Explanation(hostName, false, List.of());
        }
        PlacementRequest request = RequestFilters.apply(asked, options.requestFilters());
        Host host = found.get();
        List<Verdict> verdicts = new ArrayList<>();
        String lack = Survey.lack(host, request);
        verdicts.add(new Verdict("capacity", lack.isEmpty(), lack));
        for (RequestFilters.NamedCheck named : checks(request)) {
            boolean passes = named.check().passes(host);
            verdicts.add(new Verdict(
                    named.name(), passes, passes ? "" : named.check().reason(host)));
        }
        return new Explanation(hostName, true, verdicts);
    }

    private Survey survey(HostView view, PlacementRequest request, RandomGenerator random) {
        Survey survey = new Survey(request, checks(request));
        Optional<String> named = request.destination().host();
        if (named.isPresent()) {
            view.position(named.get()).ifPresent(position -> survey.lookAt(view, position));
        } else if (view.size() > 0) {
            // Where not all hosts are looked at, each walk begins elsewhere, so that none is favoured.
            int start = view.size() > options.maximumResults() ? random.nextInt(view.size()) : 0;
            survey.walk(view, start, options.maximumResults());
        }
        return survey;
    }

    private List<RequestFilters.NamedCheck> checks(PlacementRequest request) {
        List<RequestFilters.NamedCheck> checks = RequestFilters.checks(request, options.requestFilters());
        if (request.destination().forced() && request.destination().named()) {
            return checks;
        }
        for (HostFilter filter : filters) {
            filter.prepare(request).ifPresent(check -> checks.add(new RequestFilters.NamedCheck(filter.name(), check)));
        }
        return checks;
    }

    private Selection choose(Weighing.Hosts hosts, PlacementRequest request, RandomGenerator random) {
        Weighing weighing = Weighing.of(hosts, request, weighers, options);
        int wanted = Math.max(options.hostSubsetSize(), options.maximumAttempts());
        List<Integer> best = best(hosts.size(), weighing, Math.min(wanted, hosts.size()), random);
        int subset = Math.min(options.hostSubsetSize(), best.size());
        if (subset > 1) {
            best.addFirst(best.remove(random.nextInt(subset)));
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int place : best.subList(0, Math.min(options.maximumAttempts(), best.size()))) {
            Host host = hosts.get(place);
            candidates.add(new Candidate(
                    host.name(),
                    host.resourceProviderId(),
                    host.generation(),
                    weighing.sum(place),
                    weighing.weights(place)));
        }
        return new Selection(candidates.getFirst(), candidates.subList(1, candidates.size()));
    }

    /** The places of the heaviest hosts, heaviest first; of equals the first in the view, or any when they are shuffled. */
    private List<Integer> best(int hosts, Weighing weighing, int wanted, RandomGenerator random) {
        // One number a decision, not one a host: a secure source takes longer for a thousand than all the rest does.
        long ties = options.shuffleBestSameWeighedHosts() ? random.nextLong() | 1 : 0;
        List<Integer> best = new ArrayList<>(wanted + 1);
        for (int place = 0; place < hosts; place++) {
            if (best.size() == wanted && !heavier(place, best.getLast(), weighing, ties)) {
                continue;
            }
            int rank = best.size();
            while (rank > 0 && heavier(place, best.get(rank - 1), weighing, ties)) {
                rank--;
            }
            best.add(rank, place);
            if (best.size() > wanted) {
                best.removeLast();
            }
        }
        return best;
    }

    private static boolean heavier(int left, int right, Weighing weighing, long ties) {
        int order = Double.compare(weighing.sum(left), weighing.sum(right));
        return order > 0 || (order == 0 && ties != 0 && shuffled(left, ties) > shuffled(right, ties));
    }

    /** A number that looks random, another for each place and each seed (SplitMix64's finisher). */
    private static long shuffled(int place, long seed) {
        long mixed = seed + place * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
