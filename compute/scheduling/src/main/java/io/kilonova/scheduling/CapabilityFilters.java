package io.kilonova.scheduling;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that compare what a flavor or an image asks with what a host is. */
final class CapabilityFilters {
    private static final Pattern VERSION_NEED =
            Pattern.compile("\\s*(>=|<=|!=|==|=|>|<)?\\s*([0-9]+(?:\\.[0-9]+){0,2})\\s*");

    private CapabilityFilters() {}

    /** Extra specs without scope, or in scope {@code capabilities:}, must be met by the host's own values. */
    static HostFilter computeCapabilities() {
        return HostFilter.of("ComputeCapabilitiesFilter", request -> {
            Map<String, ExtraSpecRequirement> needs = new LinkedHashMap<>();
            request.flavor().extraSpecs().forEach((key, value) -> {
                List<String> words = List.of(key.split(":"));
                if (words.size() == 1) {
                    needs.put(key, ExtraSpecRequirement.parse(key, value));
                } else if (words.getFirst().equals("capabilities")) {
                    String path = String.join(".", words.subList(1, words.size()));
                    needs.put(path, ExtraSpecRequirement.parse(key, value));
                }
            });
            return needs.isEmpty()
                    ? Optional.empty()
                    : Optional.of(HostCheck.of(
                            host -> unmet(host, needs).isEmpty(),
                            host -> "does not meet capability "
                                    + unmet(host, needs).orElse("")));
        });
    }

    private static Optional<String> unmet(Host host, Map<String, ExtraSpecRequirement> needs) {
        for (Map.Entry<String, ExtraSpecRequirement> need : needs.entrySet()) {
            Optional<String> value = HostAttributes.value(host, need.getKey());
            if (value.isEmpty() || !need.getValue().met(value.get())) {
                return Optional.of(need.getKey());
            }
        }
        return Optional.empty();
    }

    /** The image's architecture, hypervisor type, mode and hypervisor version must be among those that the host supports. */
    static HostFilter imageProperties(SchedulerOptions.FilterOptions options) {
        return HostFilter.of("ImagePropertiesFilter", request -> {
            ImageRequirements image = request.image();
            Optional<String> architecture = image.property("hw_architecture")
                    .or(() -> image.property("architecture"))
                    .or(() -> Optional.of(options.imagePropertiesDefaultArchitecture())
                            .filter(value -> !value.isEmpty()))
                    .map(CapabilityFilters::canonicalArchitecture);
            Optional<String> type = image.property("img_hv_type")
                    .or(() -> image.property("hypervisor_type"))
                    .map(CapabilityFilters::canonicalType);
            Optional<String> mode = image.property("hw_vm_mode")
                    .or(() -> image.property("vm_mode"))
                    .map(value -> value.toLowerCase(Locale.ROOT));
            Optional<VersionNeed> version = image.property("img_hv_requested_version")
                    .or(() -> image.property("hypervisor_version_requires"))
                    .map(VersionNeed::parse);
            if (architecture.isEmpty() && type.isEmpty() && mode.isEmpty() && version.isEmpty()) {
                return Optional.empty();
            }
            ImageNeeds needs = new ImageNeeds(architecture, type, mode, version);
            return Optional.of(HostCheck.of(needs::metBy, host -> "cannot run guests of the image's properties"));
        });
    }

    /** What an image asks of a hypervisor. */
    private record ImageNeeds(
            Optional<String> architecture,
            Optional<String> type,
            Optional<String> mode,
            Optional<VersionNeed> version) {
        boolean metBy(Host host) {
            if (version.isPresent() && !version.get().metBy(host.hypervisor().version())) {
                return false;
            }
            if (architecture.isEmpty() && type.isEmpty() && mode.isEmpty()) {
                return true;
            }
            for (SupportedInstance supported : host.hypervisor().supported()) {
                if (asks(architecture, canonicalArchitecture(supported.architecture()))
                        && asks(type, canonicalType(supported.hypervisorType()))
                        && asks(mode, supported.virtualMachineMode().toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
            return false;
        }

        private static boolean asks(Optional<String> wanted, String own) {
            return wanted.isEmpty() || wanted.get().equals(own);
        }
    }

    /** Comma separated comparisons of a dotted version, for example {@code >=6.0,<8}. */
    private record VersionNeed(List<Comparison> comparisons) {
        static VersionNeed parse(String text) {
            return new VersionNeed(Pattern.compile(",")
                    .splitAsStream(text)
                    .map(Comparison::parse)
                    .toList());
        }

        boolean metBy(long version) {
            return comparisons.stream().allMatch(comparison -> comparison.metBy(version));
        }
    }

    private record Comparison(String operator, long version) {
        static Comparison parse(String text) {
            Matcher matcher = VERSION_NEED.matcher(text);
            if (!matcher.matches()) {
                throw SchedulingError.EXTRA_SPEC_INVALID.with(
                        "img_hv_requested_version", "it must be comparisons such as >=6.0,<8");
            }
            long number = 0;
            String[] parts = matcher.group(2).split("\\.");
            for (int place = 0; place < 3; place++) {
                // Versions are one number: 7.2.1 is 7002001.
                number = number * 1_000 + (place < parts.length ? Long.parseLong(parts[place]) : 0);
            }
            return new Comparison(matcher.group(1) == null ? "==" : matcher.group(1), number);
        }

        boolean metBy(long own) {
            return switch (operator) {
                case ">=" -> own >= version;
                case "<=" -> own <= version;
                case "!=" -> own != version;
                case ">" -> own > version;
                case "<" -> own < version;
                default -> own == version;
            };
        }
    }

    private static String canonicalArchitecture(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "amd64", "x86-64" -> "x86_64";
            case "i386", "i486", "i586", "x86" -> "i686";
            case "arm64" -> "aarch64";
            default -> lower;
        };
    }

    private static String canonicalType(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("xapi") ? "xen" : lower;
    }
}
