package io.kilonova.launcher;

import io.kilonova.configuration.HostAndPort;
import io.kilonova.configuration.Option;
import io.kilonova.configuration.OptionType;
import io.kilonova.configuration.Options;
import io.kilonova.configuration.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every option there is: one table, at most forty rows, none of them required. Where Nova, Keystone or Neutron has the
 * option, group and name are theirs.
 */
final class KilonovaOptions {
    private static final String DEFAULT = Options.DEFAULT_GROUP;
    private static final int UNLIMITED_COUNT = Integer.MAX_VALUE;

    static final Option<Path> STATE_PATH = Option.of(DEFAULT, "state_path", OptionType.path(), "state")
            .meaning("The folder of all that this cloud keeps. Relative to the folder of the program.");
    static final Option<Path> INSTANCES_PATH = Option.of(
                    DEFAULT, "instances_path", OptionType.path(), "/var/lib/kilonova/instances")
            .meaning("The folder of the guests' disks on this host. QEMU's own user must be able to come to it.");
    static final Option<Optional<String>> HOST = Option.unset(DEFAULT, "host", hostName())
            .meaning("This host's name in services and hypervisors. Unset: the machine's host name.");
    static final Option<String> COMPUTE_DRIVER = Option.of(
                    DEFAULT, "compute_driver", OptionType.choice("libvirt", "fake"), "libvirt")
            .meaning("The hypervisor: libvirt for real guests, fake for guests that only seem to run.");
    static final Option<String> DEFAULT_AVAILABILITY_ZONE = Option.of(
                    DEFAULT, "default_availability_zone", zone(), "nova")
            .meaning("The availability zone of hosts that no aggregate puts into one.");
    static final Option<Optional<String>> DEFAULT_SCHEDULE_ZONE = Option.unset(DEFAULT, "default_schedule_zone", zone())
            .meaning("The availability zone of servers whose request names none. Unset: any.");
    static final Option<Optional<Double>> CPU_ALLOCATION_RATIO = ratio("cpu_allocation_ratio")
            .meaning(
                    "VCPU overcommit of this host, held against changes through placement. Unset: placement's value stands.");
    static final Option<Optional<Double>> RAM_ALLOCATION_RATIO =
            ratio("ram_allocation_ratio").meaning("MEMORY_MB overcommit of this host, as cpu_allocation_ratio.");
    static final Option<Optional<Double>> DISK_ALLOCATION_RATIO =
            ratio("disk_allocation_ratio").meaning("DISK_GB overcommit of this host, as cpu_allocation_ratio.");
    static final Option<Double> INITIAL_CPU_ALLOCATION_RATIO =
            initialRatio("initial_cpu_allocation_ratio", "4.0").meaning("VCPU overcommit of a host that is new.");
    static final Option<Double> INITIAL_RAM_ALLOCATION_RATIO =
            initialRatio("initial_ram_allocation_ratio", "1.0").meaning("MEMORY_MB overcommit of a host that is new.");
    static final Option<Double> INITIAL_DISK_ALLOCATION_RATIO =
            initialRatio("initial_disk_allocation_ratio", "1.0").meaning("DISK_GB overcommit of a host that is new.");
    static final Option<Integer> RESERVED_HOST_CPUS = Option.of(
                    DEFAULT, "reserved_host_cpus", OptionType.integer(0, 100_000), "0")
            .in("processors")
            .meaning("Processors that guests do not get.");
    static final Option<Long> RESERVED_HOST_MEMORY = Option.of(
                    DEFAULT, "reserved_host_memory_mb", OptionType.size(), "512")
            .in("MiB")
            .meaning("Memory that guests do not get.");
    static final Option<Long> RESERVED_HOST_DISK = Option.of(DEFAULT, "reserved_host_disk_mb", OptionType.size(), "0")
            .in("MiB")
            .meaning("Disk space that guests do not get.");
    static final Option<Duration> INSTANCE_BUILD_TIMEOUT = Option.of(
                    DEFAULT, "instance_build_timeout", seconds(10, 86_400), "1800")
            .in("seconds")
            .meaning("How long a build may take before it is undone and the server is in ERROR. Every build ends.");
    static final Option<Duration> SHUTDOWN_TIMEOUT = Option.of(DEFAULT, "shutdown_timeout", seconds(0, 3_600), "60")
            .in("seconds")
            .meaning("How long a guest may take to shut down by itself before its power is cut.");
    static final Option<Duration> RESIZE_CONFIRM_WINDOW = Option.of(
                    DEFAULT, "resize_confirm_window", seconds(0, 31_536_000), "0")
            .in("seconds")
            .meaning("After so long a resize or migration is confirmed without its user. 0 for never.");
    static final Option<HostAndPort> LISTEN = Option.of("http", "listen", OptionType.hostAndPort(), "127.0.0.1:8088")
            .meaning("Where all services are served: /identity, /compute, /image, /networking, /placement, /volume.");
    static final Option<HostAndPort> CLUSTER_LISTEN = Option.of(
                    "cluster", "listen", OptionType.hostAndPort(), "127.0.0.1:8089")
            .meaning("Where controllers take what nodes say, and nodes commands. The other machines reach it there.");
    static final Option<Boolean> CLASSIC_PORTS = Option.of("http", "classic_ports", OptionType.bool(), "false")
            .meaning(
                    "Serves each service at its customary port too: 5000, 8774, 9292, 9696, 8778, 8776, and 8775 for metadata.");
    static final Option<Optional<String>> PUBLIC_URL = Option.unset("http", "public_url", OptionChecks.publicUrl())
            .meaning("The address that the catalog names, where a proxy stands in front. Unset: http:// and listen.");
    static final Option<String> DATABASE_CONNECTION = Option.of(
                    "database", "connection", OptionChecks.databaseUrl(), "sqlite:///$state_path/kilonova.db")
            .meaning("Where state is kept: sqlite:///FILE, or postgresql://USER@HOST:PORT/DATABASE, with"
                    + " ?sslmode=verify-full&sslrootcert=FILE where TLS is wanted (and sslcert, sslkey).");
    static final Option<Optional<Secret>> DATABASE_PASSWORD = Option.unset(
                    "database", "password_file", OptionType.secretFile())
            .meaning("The file that holds the database's password.");
    static final Option<String> VIRT_TYPE = Option.of(
                    "libvirt", "virt_type", OptionType.choice("auto", "kvm", "qemu"), "auto")
            .meaning(
                    "How guests run. auto tries kvm with a guest of its own, and takes qemu, which is slow, where that fails.");
    static final Option<String> CONNECTION_URI = Option.of(
                    "libvirt", "connection_uri", OptionType.text(), "qemu:///system")
            .meaning("The libvirt daemon of this host.");
    static final Option<Integer> MAX_LIMIT = Option.of("api", "max_limit", OptionType.integer(1, 10_000), "1000")
            .in("items")
            .meaning("The largest page of a list.");
    static final Option<String> DHCP_DOMAIN = Option.of("api", "dhcp_domain", domain(), "novalocal")
            .meaning("The domain that metadata adds to host names; empty for none.");
    static final Option<Integer> QUOTA_INSTANCES = quota("instances", "10").meaning("Servers of a project.");
    static final Option<Integer> QUOTA_CORES = quota("cores", "20").meaning("Virtual processors of a project.");
    static final Option<Integer> QUOTA_RAM = quota("ram", "51200").in("MiB").meaning("Memory of a project's servers.");
    static final Option<Integer> QUOTA_KEY_PAIRS = quota("key_pairs", "100").meaning("Key pairs of a user.");
    static final Option<Integer> QUOTA_METADATA_ITEMS =
            quota("metadata_items", "128").meaning("Metadata items of a server.");
    static final Option<Integer> QUOTA_SERVER_GROUPS =
            quota("server_groups", "10").meaning("Server groups of a project.");
    static final Option<List<String>> ENABLED_FILTERS = Option.of(
                    "filter_scheduler",
                    "enabled_filters",
                    OptionType.list(),
                    "ComputeFilter, ComputeCapabilitiesFilter, ImagePropertiesFilter, ServerGroupAntiAffinityFilter,"
                            + " ServerGroupAffinityFilter")
            .meaning("The filters that a host has to pass, in order.");
    static final Option<Integer> HOST_SUBSET_SIZE = Option.of(
                    "filter_scheduler", "host_subset_size", OptionType.integer(1, 10_000), "1")
            .in("hosts")
            .meaning("Among this many of the best hosts one is taken at random.");
    static final Option<Integer> MAX_ATTEMPTS = Option.of("scheduler", "max_attempts", OptionType.integer(1, 100), "3")
            .in("hosts")
            .meaning("On how many hosts a build is tried.");
    static final Option<Duration> TOKEN_EXPIRATION = Option.of("token", "expiration", seconds(60, 31_536_000), "3600")
            .in("seconds")
            .meaning("How long a token of the identity service holds.");
    static final Option<Integer> MAX_ACTIVE_KEYS = Option.of(
                    "fernet_tokens", "max_active_keys", OptionType.integer(3, 64), "3")
            .in("keys")
            .meaning(
                    "How many keys for tokens are kept when they are rotated: each day, or later where tokens hold longer.");
    static final Option<Optional<Path>> POLICY_FILE = Option.unset("oslo_policy", "policy_file", OptionType.path())
            .meaning("The file, YAML or JSON, of rules that stand in the place of the default policies. Unset: none.");

    private static final Options ALL = Options.of(List.of(
            STATE_PATH,
            INSTANCES_PATH,
            HOST,
            COMPUTE_DRIVER,
            DEFAULT_AVAILABILITY_ZONE,
            DEFAULT_SCHEDULE_ZONE,
            CPU_ALLOCATION_RATIO,
            RAM_ALLOCATION_RATIO,
            DISK_ALLOCATION_RATIO,
            INITIAL_CPU_ALLOCATION_RATIO,
            INITIAL_RAM_ALLOCATION_RATIO,
            INITIAL_DISK_ALLOCATION_RATIO,
            RESERVED_HOST_CPUS,
            RESERVED_HOST_MEMORY,
            RESERVED_HOST_DISK,
            INSTANCE_BUILD_TIMEOUT,
            SHUTDOWN_TIMEOUT,
            RESIZE_CONFIRM_WINDOW,
            LISTEN,
            CLUSTER_LISTEN,
            CLASSIC_PORTS,
            PUBLIC_URL,
            DATABASE_CONNECTION,
            DATABASE_PASSWORD,
            VIRT_TYPE,
            CONNECTION_URI,
            MAX_LIMIT,
            DHCP_DOMAIN,
            QUOTA_INSTANCES,
            QUOTA_CORES,
            QUOTA_RAM,
            QUOTA_KEY_PAIRS,
            QUOTA_METADATA_ITEMS,
            QUOTA_SERVER_GROUPS,
            ENABLED_FILTERS,
            HOST_SUBSET_SIZE,
            MAX_ATTEMPTS,
            TOKEN_EXPIRATION,
            MAX_ACTIVE_KEYS,
            POLICY_FILE));

    private KilonovaOptions() {}

    /** All of them, in the order in which they are printed. */
    static Options all() {
        return ALL;
    }

    private static Option<Optional<Double>> ratio(String name) {
        return Option.unset(DEFAULT, name, OptionType.real(0.1, 1_000));
    }

    private static Option<Double> initialRatio(String name, String fallback) {
        return Option.of(DEFAULT, name, OptionType.real(0.1, 1_000), fallback);
    }

    private static Option<Integer> quota(String name, String fallback) {
        return Option.of("quota", name, OptionType.integer(-1, UNLIMITED_COUNT), fallback)
                .in("count, -1 is unlimited");
    }

    private static OptionType<Duration> seconds(long minimum, long maximum) {
        return OptionType.duration(Duration.ofSeconds(minimum), Duration.ofSeconds(maximum));
    }

    private static OptionType<String> zone() {
        return OptionType.checkedText(
                "name of 1 to 255 characters, without a colon",
                text -> text.isEmpty() || text.length() > 255 || text.indexOf(':') >= 0
                        ? Optional.of("a name of 1 to 255 characters without a colon is wanted")
                        : Optional.empty());
    }

    private static OptionType<String> hostName() {
        return OptionType.checkedText(
                "host name",
                text -> text.matches("[A-Za-z0-9._-]{1,255}")
                        ? Optional.empty()
                        : Optional.of("a host name is of letters, digits, dots, dashes and underscores"));
    }

    private static OptionType<String> domain() {
        return OptionType.checkedText(
                "domain name",
                text -> text.matches("[A-Za-z0-9._-]{0,255}")
                        ? Optional.empty()
                        : Optional.of("a domain name is of letters, digits, dots and dashes"));
    }
}
