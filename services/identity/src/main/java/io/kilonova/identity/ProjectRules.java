package io.kilonova.identity;

import static io.kilonova.identity.Columns.ENABLED;
import static io.kilonova.identity.Columns.IS_DOMAIN;
import static io.kilonova.identity.Columns.PARENT_ID;
import static io.kilonova.identity.Columns.PROJECTS;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/** Projects and the domains that they belong to: one tree, whose roots are the domains. */
final class ProjectRules implements ResourceRules {
    private static final int MAXIMUM_DEPTH = 5;

    private final ResourceKind kind;

    ProjectRules(ResourceKind kind) {
        this.kind = kind;
    }

    @Override
    public Condition narrow(Request request) {
        Condition condition = Tags.narrow(request.query());
        if (kind == ResourceKind.PROJECT) {
            boolean domains = request.query()
                    .last("is_domain")
                    .map("true"::equalsIgnoreCase)
                    .orElse(false);
            // The flag itself is a filtered attribute; without it, domains are not shown as projects.
            condition = condition.and(domains ? IS_DOMAIN.isTrue() : IS_DOMAIN.isFalse());
        }
        return condition;
    }

    @Override
    public Resource prepare(Request request, Resource resource) {
        JsonNode tags = ResourceBody.content(kind, request.body()).path("tags");
        if (!tags.isMissingNode()) {
            return resource.with("tags", Tags.read(tags));
        }
        return resource.text("tags").isEmpty() ? resource.with("tags", Tags.NONE) : resource;
    }

    @Override
    public Resource creating(DSLContext sql, Resource project) {
        requirePlainName(project);
        if (project.flag("is_domain")) {
            return project.with("domain_id", "").with("parent_id", "");
        }
        Resource domain = ResourceStore.find(sql, ResourceKind.DOMAIN, project.text("domain_id"))
                .orElseThrow(() -> ResourceStore.notFound(ResourceKind.DOMAIN, project.text("domain_id")));
        String parentId = project.optional("parent_id").orElse(domain.id());
        Resource parent = ResourceStore.get(sql, ResourceKind.PROJECT, parentId);
        String parentDomain = parent.flag("is_domain") ? parent.id() : parent.text("domain_id");
        if (!parentDomain.equals(domain.id())) {
            throw IdentityError.REQUEST_INVALID.with(
                    "Project cannot be in another domain than its parent %s.".formatted(parent.id()));
        }
        if (!parent.flag("enabled")) {
            throw IdentityError.NOT_ALLOWED.with(
                    "Cannot create a project below %s: that is disabled.".formatted(parent.id()));
        }
        if (Hierarchy.ancestors(sql, parent.id()).size() >= MAXIMUM_DEPTH) {
            throw IdentityError.NOT_ALLOWED.with("Max hierarchy depth reached for %s branch.".formatted(parent.id()));
        }
        return project.with("parent_id", parent.id());
    }

    @Override
    public Resource changing(DSLContext sql, Resource old, Resource changed) {
        requirePlainName(changed);
        if (kind == ResourceKind.PROJECT && old.flag("enabled") != changed.flag("enabled") && !old.flag("is_domain")) {
            requireTreeAgrees(sql, changed);
        }
        return changed;
    }

    @Override
    public void deleting(DSLContext sql, Resource resource) {
        if (resource.flag("is_domain")) {
            if (resource.flag("enabled")) {
                throw IdentityError.NOT_ALLOWED.with(
                        "Cannot delete a domain that is enabled, please disable it first.");
            }
            if (resource.id().equals(Bootstrap.DEFAULT_DOMAIN)) {
                throw IdentityError.NOT_ALLOWED.with("The default domain cannot be deleted.");
            }
            Removals.ofDomain(sql, resource.id());
            return;
        }
        if (sql.fetchExists(sql.selectOne().from(PROJECTS).where(PARENT_ID.eq(resource.id())))) {
            throw IdentityError.NOT_ALLOWED.with(
                    "Cannot delete the project %s since it is not a leaf in the hierarchy.".formatted(resource.id()));
        }
        Removals.ofProjects(sql, List.of(resource.id()));
    }

    @Override
    public void write(JsonWriter json, Resource resource) {
        json.strings("tags", Tags.list(resource.text("tags")));
    }

    /** A project is enabled only where all above it are, and disabled only when all below it are. */
    private static void requireTreeAgrees(DSLContext sql, Resource changed) {
        if (changed.flag("enabled")) {
            for (String ancestor : Hierarchy.ancestors(sql, changed.id())) {
                if (!ResourceStore.get(sql, ResourceKind.PROJECT, ancestor).flag("enabled")) {
                    throw IdentityError.NOT_ALLOWED.with(
                            "Cannot enable project %s since it has disabled parents.".formatted(changed.id()));
                }
            }
            return;
        }
        Condition enabledBelow = PARENT_ID
                .in(Hierarchy.withDescendants(sql, List.of(changed.id())))
                .and(ENABLED.isTrue());
        if (sql.fetchExists(DSL.selectOne().from(PROJECTS).where(enabledBelow))) {
            throw IdentityError.NOT_ALLOWED.with(
                    "Cannot disable project %s since its subtree contains enabled projects.".formatted(changed.id()));
        }
    }

    private static void requirePlainName(Resource resource) {
        if (resource.text("name").chars().anyMatch(Character::isISOControl)) {
            throw IdentityError.FIELD_INVALID.with("name", "it has control characters.");
        }
    }
}
