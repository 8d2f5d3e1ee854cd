package io.kilonova.scheduling;

import io.kilonova.errors.ServiceException;
import java.util.List;
import java.util.Map;

/**
 * Where servers go, or why not: a record to be stored whole. Lists and records of strings and numbers only, so that it
 * becomes JSON as it is.
 *
 * @param request what was asked, with what request filters added
 * @param selections one a server, in order; fewer than {@code request.count()} when room ran out
 * @param hostsInView how many hosts there were
 * @param hostsConsidered how many of them were looked at for the last server; fewer than all only when there was plenty
 * @param stages what each check rejected for the last server that was sought, in the order of the checks
 * @param shortages how each dimension stood, for the same
 */
public record Decision(
        PlacementRequest request,
        List<Selection> selections,
        int hostsInView,
        int hostsConsidered,
        List<Stage> stages,
        List<Shortage> shortages) {
    /** Keeps copies. */
    public Decision {
        selections = List.copyOf(selections);
        stages = List.copyOf(stages);
        shortages = List.copyOf(shortages);
    }

    /** Whether every server has a host. */
    public boolean complete() {
        return selections.size() == request.count();
    }

    /** The one selection of a request for one server. */
    public Selection single() {
        orThrow();
        return selections.getFirst();
    }

    /** This decision, or an error with the tenant's sentence when a server is left without a host. */
    public Decision orThrow() {
        if (!complete()) {
            throw refusal();
        }
        return this;
    }

    /** The error that a caller is told when servers are left without a host. */
    public ServiceException refusal() {
        return SchedulingError.NO_VALID_HOST.with(tenantSentence());
    }

    /** Why, in words that a tenant may read: amounts, traits and filters, but no host. */
    public String tenantSentence() {
        return DecisionReport.tenantSentence(this);
    }

    /** All of it for an operator, as maps, lists, strings and numbers. */
    public Map<String, Object> operatorReport() {
        return DecisionReport.operatorReport(this);
    }
}
