package io.kilonova.scheduling;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong while a host is sought. */
public enum SchedulingError implements ErrorCode {
    NO_VALID_HOST(Owner.CAPACITY, 500, "No valid host was found. %s"),
    EXTRA_SPEC_INVALID(Owner.CALLER, 400, "Extra spec %s cannot be used: %s."),
    HINT_INVALID(Owner.CALLER, 400, "Scheduler hint %s cannot be used: %s."),
    FILTER_UNKNOWN(Owner.US, 500, "There is no scheduler filter %s. %s"),
    OPTION_INVALID(Owner.US, 500, "Scheduler option %s cannot be used: %s.");

    private final Meaning meaning;

    SchedulingError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
