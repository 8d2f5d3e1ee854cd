package io.kilonova.identity;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;

/** Lists, shows, makes, changes and removes the resources of one kind. */
final class ResourceApi implements RouteTable {
    private final Database database;
    private final ChangeClock changes;
    private final ResourceKind kind;
    private final IdentityPolicies.Verbs policies;
    private final ResourceRules rules;

    ResourceApi(
            Database database,
            ChangeClock changes,
            ResourceKind kind,
            IdentityPolicies.Verbs policies,
            ResourceRules rules) {
        this.database = database;
        this.changes = changes;
        this.kind = kind;
        this.policies = policies;
        this.rules = rules;
    }

    @Override
    public void declare(Routes routes) {
        String all = "/" + kind.plural();
        String one = all + "/{id}";
        // Which of the kind's policies holds is decided when its target was looked up.
        routes.get(all).policy(IdentityPolicies.HOLDER).to(this::list);
        routes.post(all)
                .policy(IdentityPolicies.HOLDER)
                .anyBody()
                .answers(Statuses.CREATED)
                .to(this::create);
        routes.get(one).policy(IdentityPolicies.HOLDER).to(this::show);
        routes.patch(one).policy(IdentityPolicies.HOLDER).anyBody().to(this::change);
        routes.delete(one)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
    }

    private Answer list(Request request) {
        Optional<String> domain = request.callerIfKnown().orElseThrow().domainId();
        Condition condition = ResourceFilters.of(kind, request.query()).and(rules.narrow(request));
        Map<String, String> target = new HashMap<>();
        request.query().first("domain_id").or(() -> domain).ifPresent(id -> target.put("target.domain_id", id));
        request.query().first("user_id").ifPresent(id -> target.put("target.user.id", id));
        if (kind == ResourceKind.CREDENTIAL && !request.allows(policies.list(), target)) {
            // Keystone shows callers their own.
            target.put("target.user.id", request.caller().userId());
            condition = condition.and(
                    ResourceFilters.equal(kind, "user_id", request.caller().userId()));
        }
        Guard.require(request, policies.list(), target);
        if (domain.isPresent()) {
            condition = condition.and(ResourceFilters.ofDomain(kind, domain.get()));
        }
        return new ResourceList(database, request, kind, rules).answer(condition);
    }

    private Answer show(Request request) {
        return answer(request, find(request, policies.get()));
    }

    private Answer create(Request request) {
        Resource read = withCallersDomain(request, ResourceBody.creating(kind, request.body()));
        Guard.require(request, policies.create(), Guard.target(read));
        Resource prepared = rules.prepare(request, read);
        Resource stored = database.write(transaction -> {
            changes.changed(transaction);
            Resource complete = rules.creating(transaction.sql(), prepared);
            ResourceStore.insert(transaction.sql(), complete);
            return complete;
        });
        return answer(request, stored);
    }

    private Answer change(Request request) {
        Resource found = find(request, policies.update());
        Resource prepared = rules.prepare(request, ResourceBody.changing(found, request.body()));
        Resource stored = database.write(transaction -> {
            changes.changed(transaction);
            // Read again, so that of two changes at once none undoes the other's attributes.
            Resource old = ResourceStore.get(transaction.sql(), kind, found.id());
            Resource again = ResourceBody.changing(old, request.body());
            requireMutable(old, again);
            Resource changed = rules.changing(transaction.sql(), old, withPrepared(again, found, prepared));
            ResourceStore.update(transaction.sql(), changed);
            return changed;
        });
        return answer(request, stored);
    }

    /** Adds what the rules prepared of a resource's hidden attributes, such as the hash of a new password. */
    private Resource withPrepared(Resource changed, Resource found, Resource prepared) {
        Resource result = changed;
        for (Attribute attribute : kind.attributes()) {
            String name = attribute.name();
            if (attribute.hidden() && !attribute.flag() && !prepared.text(name).equals(found.text(name))) {
                result = result.with(name, prepared.text(name));
            }
        }
        return result;
    }

    private Answer delete(Request request) {
        Resource found = find(request, policies.delete());
        rules.permitRemoval(request);
        database.change(transaction -> {
            changes.changed(transaction);
            Resource resource = ResourceStore.get(transaction.sql(), kind, found.id());
            if (resource.option("immutable")) {
                throw IdentityError.NOT_ALLOWED.with("Cannot delete immutable %s %s: unset its option first."
                        .formatted(kind.singular(), resource.id()));
            }
            rules.deleting(transaction.sql(), resource);
            ResourceStore.delete(transaction.sql(), resource);
        });
        return Answer.empty();
    }

    private Resource find(Request request, io.kilonova.access.Policy policy) {
        String id = request.path("id");
        return Guard.require(request, policy, kind, id, database.read(sql -> ResourceStore.find(sql, kind, id)));
    }

    private Resource withCallersDomain(Request request, Resource resource) {
        boolean owned = kind == ResourceKind.PROJECT || kind == ResourceKind.USER || kind == ResourceKind.GROUP;
        if (!owned || !resource.text("domain_id").isEmpty() || resource.flag("is_domain")) {
            return resource;
        }
        return resource.with("domain_id", callersDomain(request));
    }

    /** The domain that new things belong to when a body names none: the token's, or its project's. */
    static String callersDomain(Request request) {
        return request.caller()
                .domainId()
                .or(() -> request.caller().projectDomainId())
                .orElse(Bootstrap.DEFAULT_DOMAIN);
    }

    private static void requireMutable(Resource old, Resource changed) {
        if (old.option("immutable") && changed.option("immutable")) {
            throw IdentityError.NOT_ALLOWED.with("Cannot update immutable %s %s: unset its option first."
                    .formatted(old.kind().singular(), old.id()));
        }
    }

    private Answer answer(Request request, Resource resource) {
        return Answer.json(json ->
                json.object(() -> json.object(kind.singular(), () -> write(json, request, resource))));
    }

    private void write(JsonWriter json, Request request, Resource resource) {
        ResourceView.write(json, request, resource, rules);
    }
}
