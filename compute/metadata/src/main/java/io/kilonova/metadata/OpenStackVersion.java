package io.kilonova.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The versions of the OpenStack metadata format, the oldest first; each has all that the ones before it have. */
enum OpenStackVersion {
    /** meta_data.json, user_data, injected files. */
    FOLSOM("2012-08-10"),
    /** random_seed. */
    GRIZZLY("2013-04-04"),
    /** vendor_data.json. */
    HAVANA("2013-10-17"),
    /** project_id, network_data.json. */
    LIBERTY("2015-10-15"),
    /** devices. */
    NEWTON("2016-06-30"),
    /** vendor_data2.json. */
    NEWTON_VENDOR("2016-10-06"),
    /** The VLAN of a device that passes a function through; no device here does. */
    OCATA("2017-02-22"),
    /** vf_trusted of a device. */
    ROCKY("2018-08-27"),
    /** dedicated_cpus. */
    VICTORIA("2020-10-14"),
    /** The tags of shares among the devices; no server here has shares. */
    EPOXY("2025-04-04");

    /** The word for the newest. */
    static final String LATEST = "latest";

    private final String date;

    OpenStackVersion(String date) {
        this.date = date;
    }

    /** As it stands in a path. */
    String date() {
        return date;
    }

    boolean atLeast(OpenStackVersion other) {
        return compareTo(other) >= 0;
    }

    /** The version that a path names, by its date or as the latest. */
    static Optional<OpenStackVersion> named(String word) {
        return word.equals(LATEST)
                ? Optional.of(EPOXY)
                : Arrays.stream(values())
                        .filter(version -> version.date.equals(word))
                        .findFirst();
    }

    /** All that a path may name. */
    static List<String> words() {
        return java.util.stream.Stream.concat(
                        Arrays.stream(values()).map(OpenStackVersion::date), java.util.stream.Stream.of(LATEST))
                .toList();
    }
}
