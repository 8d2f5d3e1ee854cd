package io.kilonova.scheduling;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a flavor's sizes and extra specs ask of resource providers. */
record RequestedResources(Map<String, Long> amounts, Set<String> requiredTraits, Set<String> forbiddenTraits) {
    private static final Pattern RESOURCES = Pattern.compile("resources([0-9a-zA-Z_-]{0,64}):([A-Z0-9_]{1,255})");
    private static final Pattern TRAIT = Pattern.compile("trait([0-9a-zA-Z_-]{0,64}):([A-Z0-9_]{1,255})");

    static RequestedResources from(
            long virtualCpus, long memoryMebibytes, long diskGibibytes, Map<String, String> extraSpecs) {
        Map<String, Long> amounts = new TreeMap<>();
        amounts.put(HostView.VCPU, virtualCpus);
        amounts.put(HostView.MEMORY_MB, memoryMebibytes);
        amounts.put(HostView.DISK_GB, diskGibibytes);
        Map<String, Long> numbered = new TreeMap<>();
        Set<String> required = new TreeSet<>();
        Set<String> forbidden = new TreeSet<>();
        extraSpecs.forEach((key, value) -> {
            Matcher resource = RESOURCES.matcher(key);
            Matcher trait = TRAIT.matcher(key);
            if (resource.matches()) {
                long amount = amount(key, value);
                if (resource.group(1).isEmpty()) {
                    amounts.put(resource.group(2), amount);
                } else {
                    numbered.merge(resource.group(2), amount, Long::sum);
                }
            } else if (trait.matches()) {
                if (value.equals("required")) {
                    required.add(trait.group(2));
                } else if (value.equals("forbidden")) {
                    forbidden.add(trait.group(2));
                } else {
                    throw SchedulingError.EXTRA_SPEC_INVALID.with(key, "it must be required or forbidden");
                }
            }
        });
        numbered.forEach((resourceClass, amount) -> amounts.merge(resourceClass, amount, Long::sum));
        return new RequestedResources(amounts, required, forbidden);
    }

    private static long amount(String key, String value) {
        if (!value.matches("[0-9]{1,15}")) {
            throw SchedulingError.EXTRA_SPEC_INVALID.with(key, "it must be a whole number");
        }
        return Long.parseLong(value);
    }
}
