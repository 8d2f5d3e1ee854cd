package io.kilonova.placement;

import io.kilonova.errors.ServiceException;
import io.kilonova.storage.FixedStatement;
import java.util.List;
import java.util.function.Supplier;
import org.jooq.DSLContext;

/**
 * A statement that has to change a row.
 *
 * @param asked the statement
 * @param refusal says why it did not
 */
record Demand(FixedStatement.Asked asked, Supplier<ServiceException> refusal) {
    /** Carries all of them out, at PostgreSQL in one journey; throws the refusal of the first that changed nothing. */
    static void meet(DSLContext sql, List<Demand> demands) {
        List<Integer> changed = FixedStatement.executeAll(
                sql, demands.stream().map(Demand::asked).toList());
        for (int index = 0; index < demands.size(); index++) {
            if (changed.get(index) == 0) {
                throw demands.get(index).refusal().get();
            }
        }
    }
}
