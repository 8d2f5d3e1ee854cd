package io.kilonova.identity;

import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.PARENT_ID;
import static io.kilonova.identity.Columns.PROJECTS;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.DSLContext;

/** Walks the tree of projects. It is at most a few levels deep, so a statement a level is cheap. */
final class Hierarchy {
    private static final int MAXIMUM_LEVELS = 16;

    private Hierarchy() {}

    /** The ids above a project, nearest first; the last is its domain. */
    static List<String> ancestors(DSLContext sql, String projectId) {
        List<String> ancestors = new ArrayList<>();
        String current = projectId;
        for (int level = 0; level < MAXIMUM_LEVELS; level++) {
            String parent =
                    sql.select(PARENT_ID).from(PROJECTS).where(ID.eq(current)).fetchOne(PARENT_ID);
            if (parent == null || parent.isEmpty()) {
                break;
            }
            ancestors.add(parent);
            current = parent;
        }
        return List.copyOf(ancestors);
    }

    /** Some projects or domains and everything below them. */
    static Set<String> withDescendants(DSLContext sql, Collection<String> roots) {
        Set<String> all = new LinkedHashSet<>(roots);
        Collection<String> level = roots;
        for (int depth = 0; depth < MAXIMUM_LEVELS && !level.isEmpty(); depth++) {
            level = sql.select(ID).from(PROJECTS).where(PARENT_ID.in(level)).fetch(ID);
            all.addAll(level);
        }
        return all;
    }
}
