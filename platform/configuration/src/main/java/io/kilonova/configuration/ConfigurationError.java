package io.kilonova.configuration;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can be wrong with a configuration. Every sentence starts with the place: {@code file:line} or a variable's name. */
public enum ConfigurationError implements ErrorCode {
    FILE_UNREADABLE("%s: the configuration file cannot be read: %s"),
    FILE_TOO_LARGE("%s: the configuration file is larger than %d bytes."),
    NOT_UTF_8("%s: the file is not UTF-8; the first wrong byte is number %d."),
    BAD_LINE("%s: %s"),
    UNKNOWN_GROUP("%s: there is no group [%s].%s"),
    UNKNOWN_KEY("%s: [%s] has no key \"%s\".%s"),
    NOT_OFFERED("%s: [%s] %s is a key of Nova that Kilonova does not offer: %s"),
    BAD_VALUE("%s: [%s] %s = %s: %s"),
    BAD_REFERENCE("%s: [%s] %s refers to $%s, which is no option. Write $$ for a dollar sign."),
    ENDLESS_REFERENCE("%s: [%s] %s refers to itself: %s"),
    SEVERAL("%d things are wrong with the configuration:%n%s");

    private final Meaning meaning;

    ConfigurationError(String sentence) {
        this.meaning = new Meaning(Owner.CALLER, 400, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
