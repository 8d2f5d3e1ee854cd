package io.kilonova.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The versions of the EC2 metadata format, the oldest first; each has all that the ones before it have. */
enum Ec2Version {
    /** Ids, addresses, key. */
    FIRST("1.0"),
    /** local-hostname, public-hostname, public-ipv4. */
    PUBLIC_NAMES("2007-01-19"),
    /** Nothing of ours. */
    PRODUCT_CODES("2007-03-01"),
    /** instance-type. */
    TYPES("2007-08-29"),
    /** Nothing of ours. */
    ANCESTORS("2007-10-10"),
    /** block-device-mapping, kernel-id, ramdisk-id. */
    DEVICES("2007-12-15"),
    /** placement/availability-zone. */
    PLACEMENT("2008-02-01"),
    /** instance-action. */
    ACTIONS("2008-09-01"),
    /** Nothing more. */
    NEWEST("2009-04-04");

    /** The word for the newest. */
    static final String LATEST = "latest";

    private final String date;

    Ec2Version(String date) {
        this.date = date;
    }

    /** As it stands in a path. */
    String date() {
        return date;
    }

    boolean atLeast(Ec2Version other) {
        return compareTo(other) >= 0;
    }

    /** The version that a path names, by its date or as the latest. */
    static Optional<Ec2Version> named(String word) {
        return word.equals(LATEST)
                ? Optional.of(NEWEST)
                : Arrays.stream(values())
                        .filter(version -> version.date.equals(word))
                        .findFirst();
    }

    /** All that a path may name. */
    static List<String> words() {
        return Stream.concat(Arrays.stream(values()).map(Ec2Version::date), Stream.of(LATEST))
                .toList();
    }
}
