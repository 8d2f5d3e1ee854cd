package io.kilonova.operations;

import java.util.ArrayList;
import java.util.List;

/** What the tests' operations know: the steps that are done. */
record Trail(List<String> done) {
    static final Trail EMPTY = new Trail(List.of());

    Trail and(String step) {
        List<String> longer = new ArrayList<>(done);
        longer.add(step);
        return new Trail(List.copyOf(longer));
    }

    Trail without(String step) {
        return new Trail(done.stream().filter(name -> !name.equals(step)).toList());
    }
}
