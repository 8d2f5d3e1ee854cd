package io.kilonova.servers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the extra specs of known namespaces may be (Compute API 2.86). Names of one's own, in other namespaces or in none, may
 * be anything.
 */
public final class ExtraSpecRules {
    private static final Set<String> TRUTHS =
            Set.of("1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no");

    /** Name, what its value must be, and the bounds; a name with a star stands for all that begin so. */
    private static final String TABLE = """
            accel:device_profile any
            aggregate_instance_extra_specs:* any
            capabilities:* any
            group_policy one isolate none
            hide_hypervisor_id truth
            hw:boot_menu truth
            hw:cpu_cores whole 1
            hw:cpu_dedicated_mask processors
            hw:cpu_max_cores whole 1
            hw:cpu_max_sockets whole 1
            hw:cpu_max_threads whole 1
            hw:cpu_policy one dedicated shared mixed
            hw:cpu_realtime truth
            hw:cpu_realtime_mask processors
            hw:cpu_sockets whole 1
            hw:cpu_thread_policy one prefer isolate require
            hw:cpu_threads whole 1
            hw:emulator_threads_policy one isolate share
            hw:ephemeral_encryption truth
            hw:ephemeral_encryption_format one plain luks luksv2
            hw:hide_hypervisor_id truth
            hw:locked_memory truth
            hw:mem_encryption truth
            hw:mem_encryption_model one amd-sev amd-sev-es amd-sev-snp
            hw:mem_page_size page
            hw:numa_cpus.* processors
            hw:numa_mem.* whole 1
            hw:numa_nodes whole 1
            hw:pci_numa_affinity_policy one required preferred legacy socket
            hw:pmem any
            hw:pmu truth
            hw:redirected_usb_ports whole 0 15
            hw:serial_port_count whole 0
            hw:sound_model one sb16 es1370 pcspk ac97 ich6 ich9 usb virtio
            hw:tpm_model one tpm-tis tpm-crb
            hw:tpm_secret_security one user host deployment
            hw:tpm_version one 1.2 2.0
            hw:usb_model one none nec-xhci qemu-xhci
            hw:vif_multiqueue_enabled truth
            hw:viommu_model one intel smmuv3 virtio auto
            hw:virtio_packed_ring truth
            hw:watchdog_action one none pause poweroff reset disabled
            hw_rng:allowed truth
            hw_rng:rate_bytes whole 0
            hw_rng:rate_period whole 0
            hw_video:ram_max_mb whole 0
            os:secure_boot one disabled required
            pci_passthrough:alias aliases
            quota:cpu_limit whole 0
            quota:cpu_period whole 0
            quota:cpu_quota whole
            quota:cpu_reservation whole
            quota:cpu_shares whole 0
            quota:cpu_shares_level one custom high normal low
            quota:cpu_shares_share whole 0
            quota:disk_io_limit whole 0
            quota:disk_io_reservation whole
            quota:disk_io_shares_level one custom high normal low
            quota:disk_io_shares_share whole 0
            quota:disk_read_bytes_sec whole 0
            quota:disk_read_iops_sec whole 0
            quota:disk_total_bytes_sec whole 0
            quota:disk_total_iops_sec whole 0
            quota:disk_write_bytes_sec whole 0
            quota:disk_write_iops_sec whole 0
            quota:memory_limit whole 0
            quota:memory_reservation whole
            quota:memory_shares_level one custom high normal low
            quota:memory_shares_share whole 0
            quota:vif_inbound_average whole 0
            quota:vif_inbound_burst whole 0
            quota:vif_inbound_peak whole 0
            quota:vif_limit whole 0
            quota:vif_outbound_average whole 0
            quota:vif_outbound_burst whole 0
            quota:vif_outbound_peak whole 0
            quota:vif_reservation whole
            quota:vif_shares_level one custom high normal low
            quota:vif_shares_share whole 0
            vmware:hw_version any
            vmware:storage_policy any
            """;

    private static final Pattern PROCESSORS = Pattern.compile("\\^?\\d+(-\\d+)?(,\\^?\\d+(-\\d+)?)*");
    private static final Pattern PAGE = Pattern.compile("large|small|any|\\d+([kKMGT]i?)?(b|bit|B)?");
    private static final Pattern ALIASES = Pattern.compile("[^:,]+:\\d+(\\s*,\\s*[^:,]+:\\d+)*");
    private static final Pattern RESOURCES = Pattern.compile("resources([a-zA-Z0-9_-]{1,64})?:[A-Z][A-Z0-9_]*");
    private static final Pattern TRAITS = Pattern.compile("trait([a-zA-Z0-9_-]{1,64})?:[A-Z][A-Z0-9_]*");

    private static final Map<String, Rule> EXACT = new LinkedHashMap<>();
    private static final Map<String, Rule> BEGINNINGS = new LinkedHashMap<>();

    private static final Rule WHOLE = new Rule("whole", List.of());
    private static final Rule TRAIT = new Rule("one", List.of("required", "forbidden"));
    private static final Set<String> NAMESPACES;

    private record Rule(String kind, List<String> details) {
        boolean admits(String value) {
            return switch (kind) {
                case "any" -> true;
                case "truth" -> TRUTHS.contains(value.strip().toLowerCase(Locale.ROOT));
                case "one" -> details.contains(value);
                case "processors" -> PROCESSORS.matcher(value).matches();
                case "page" -> PAGE.matcher(value).matches();
                case "aliases" -> ALIASES.matcher(value).matches();
                case "whole" -> isWhole(value);
                default -> throw new IllegalStateException("no such kind of extra spec: " + kind);
            };
        }

        private boolean isWhole(String value) {
            try {
                long number = Long.parseLong(value.strip());
                return (details.isEmpty() || number >= Long.parseLong(details.getFirst()))
                        && (details.size() < 2 || number <= Long.parseLong(details.get(1)));
            } catch (NumberFormatException exception) {
                return false;
            }
        }

        /** What a value must be, in words. */
        String wish() {
            return switch (kind) {
                case "truth" -> "true or false";
                case "one" -> "one of " + String.join(", ", details);
                case "processors" -> "a list of processors such as 0-3,^2";
                case "page" -> "small, large, any or a size such as 2MB";
                case "aliases" -> "a list such as alias:1";
                case "whole" ->
                    "a whole number"
                            + (details.isEmpty() ? "" : " of at least " + details.getFirst())
                            + (details.size() < 2 ? "" : " and at most " + details.get(1));
                default -> "a text";
            };
        }
    }

    static {
        for (String line : TABLE.lines().toList()) {
            List<String> words = Arrays.asList(line.split(" "));
            String name = words.getFirst();
            Rule rule = new Rule(words.get(1), List.copyOf(words.subList(2, words.size())));
            if (name.endsWith("*")) {
                BEGINNINGS.put(name.substring(0, name.length() - 1), rule);
            } else {
                EXACT.put(name, rule);
            }
        }
        NAMESPACES = Set.of(
                "accel", "hw", "hw_rng", "hw_video", "os", "pci_passthrough", "quota", "resources", "trait", "vmware");
    }

    private ExtraSpecRules() {}

    /**
     * Refuses specs of known namespaces that no scheduler or hypervisor understands.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#EXTRA_SPEC_UNKNOWN}, {@link
     *     CatalogueError#EXTRA_SPEC_INVALID}
     */
    public static void check(Map<String, String> specs) {
        specs.forEach(ExtraSpecRules::check);
    }

    private static void check(String name, String value) {
        Optional<Rule> rule = rule(name);
        if (rule.isEmpty()) {
            int colon = name.indexOf(':');
            if (colon > 0 && NAMESPACES.contains(name.substring(0, colon))) {
                throw CatalogueError.EXTRA_SPEC_UNKNOWN.with(name);
            }
        } else if (!rule.get().admits(value)) {
            throw CatalogueError.EXTRA_SPEC_INVALID.with(name, value, rule.get().wish());
        }
    }

    private static Optional<Rule> rule(String name) {
        if (RESOURCES.matcher(name).matches()) {
            return Optional.of(WHOLE);
        }
        if (TRAITS.matcher(name).matches()) {
            return Optional.of(TRAIT);
        }
        return Optional.ofNullable(EXACT.get(name))
                .or(() -> BEGINNINGS.entrySet().stream()
                        .filter(entry -> name.startsWith(entry.getKey())
                                && name.length() > entry.getKey().length())
                        .map(Map.Entry::getValue)
                        .findFirst());
    }
}
