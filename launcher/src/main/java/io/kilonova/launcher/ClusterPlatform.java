package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.HostAndPort;
import io.kilonova.metadata.MetadataAnswers;
import io.kilonova.metadata.MetadataConfigDrive;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.node.CertificateAuthority;
import io.kilonova.node.CommandScope;
import io.kilonova.node.CommandsGiven;
import io.kilonova.node.Credential;
import io.kilonova.node.MetadataTold;
import io.kilonova.node.NetworkChange;
import io.kilonova.node.NodeDuties;
import io.kilonova.node.NodeFleet;
import io.kilonova.node.NodeGate;
import io.kilonova.node.NodeNetworks;
import io.kilonova.node.NodeRegister;
import io.kilonova.node.Role;
import io.kilonova.operations.CommandToken;
import io.kilonova.operations.OperationsOptions;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.servers.Fleet;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import io.kilonova.telemetry.Metrics;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What stands below the services of a controller: the nodes of the cloud, each on a machine of its own. */
final class ClusterPlatform implements HostPlatform {
    private static final Duration REGISTER = Duration.ofSeconds(5);
    private static final Duration ANNOUNCEMENT = Duration.ofHours(1);
    private static final Duration RENEWAL = CertificateAuthority.LIFETIME.dividedBy(2);

    private final Configuration configuration;
    private final CertificateAuthority authority;
    private final AtomicReference<Credential> credential;
    private final NodeRegister register;
    private final NodeFleet nodes;
    private final ClusterNetworks networks;
    private final Parts parts = new Parts();

    ClusterPlatform(Configuration configuration, Path state, Database database, Clock clock) {
        this.configuration = configuration;
        this.authority = CertificateAuthority.open(authorityFolder(state), clock);
        // A controller's key lives and dies with its process.
        this.credential = new AtomicReference<>(authority.newCredential(Role.CONTROLLER));
        this.register = new NodeRegister(database, clock);
        this.nodes = parts.own(
                "the way to the nodes", new NodeFleet(register, this::credential, ClusterPlatform::currentScope));
        this.networks = parts.own(
                "the writer of networks", new ClusterNetworks(database, register, this::credential, state, clock));
    }

    /** Where the controllers of a cloud keep their certificate authority. */
    static Path authorityFolder(Path state) {
        return state.resolve("authority");
    }

    private Credential credential() {
        return java.util.Objects.requireNonNull(credential.get());
    }

    private static Optional<CommandScope> currentScope() {
        return CommandToken.current()
                .map(token -> new CommandScope(
                        token.operationId(),
                        token.step(),
                        token.subject(),
                        token.fence(),
                        token.requestId(),
                        token.traceParent()));
    }

    @Override
    public String hostName() {
        return HostPlatform.hostName(configuration);
    }

    @Override
    public NetworkBackend networkBackend(Database database) {
        return networks;
    }

    @Override
    public ConfigDriveSource configDrives() {
        return new MetadataConfigDrive(configuration.get(KilonovaOptions.DHCP_DOMAIN));
    }

    /** A controller has none of its own. */
    @Override
    public List<Hypervisor> hypervisors(ImageSource images) {
        return List.of();
    }

    @Override
    public Fleet fleet(ImageSource images) {
        return new Fleet() {
            @Override
            public Optional<Hypervisor> find(String host) {
                return nodes.hypervisor(host);
            }

            @Override
            public Collection<Hypervisor> all() {
                return nodes.hypervisors();
            }

            @Override
            public Collection<Hypervisor> own() {
                return List.of();
            }

            @Override
            public boolean isHeardElsewhere(String host) {
                return nodes.isHeardElsewhere(host);
            }
        };
    }

    @Override
    public OperationsOptions operations() {
        return OperationsOptions.cluster(hostName());
    }

    @Override
    public void measure(Metrics metrics) {
        List<String> labels = List.of("host", "outcome");
        metrics.counters(
                "node_commands_total",
                "Commands to a node, by what came of them.",
                labels,
                nodes::commands,
                CommandsGiven::count);
        metrics.counters(
                "node_command_seconds_total",
                "How long commands to a node took together, by what came of them.",
                labels,
                nodes::commands,
                CommandsGiven::seconds);
    }

    /** Opens the gate: from here on nodes are heard. */
    @Override
    public void bind(Services services) {
        HostAndPort listen = configuration.get(KilonovaOptions.CLUSTER_LISTEN);
        NodeGate gate = parts.own(
                "the gate for nodes",
                new NodeGate(
                        register,
                        nodes,
                        authority,
                        this::credential,
                        new Duties(services, networks),
                        listen.host(),
                        listen.port()));
        try {
            gate.open();
        } catch (UncheckedIOException refused) {
            throw LauncherError.ADDRESS_UNUSABLE.because(refused, listen, refused.getMessage());
        }
        Clockwork clockwork = parts.own("the clockwork of the cluster", new Clockwork());
        clockwork.every(REGISTER, "register", nodes::refresh);
        clockwork.every(REGISTER, "what others hear", gate::askAround);
        clockwork.every(ANNOUNCEMENT, "announcement", gate::announce);
        clockwork.every(RENEWAL, "renewal", () -> {
            credential.set(authority.newCredential(Role.CONTROLLER));
            networks.renewed();
        });
        networks.join(gate.address(), listen.host());
        clockwork.every(REGISTER, "the networks", networks::look);
    }

    @Override
    public void close() {
        parts.close();
    }

    /** What nodes say goes to compute; what they ask for comes from images. */
    private record Duties(Services services, ClusterNetworks networks) implements NodeDuties {
        @Override
        public void heard(String host, Duration ago) {
            services.compute().heard(host, ago);
        }

        @Override
        public void unfit(String host, Duration ago, String reason) {
            services.compute().unfit(host, ago, reason);
        }

        @Override
        public void renamed(String from, String to, Consumer<Transaction> also) {
            services.compute().renamed(from, to, also);
        }

        @Override
        public void reported(String host, HostInventory inventory) {
            services.compute().reported(host, inventory);
        }

        @Override
        public void saw(String host, GuestEvent event) {
            services.compute().saw(host, event);
        }

        @Override
        public InputStream image(String imageId) {
            return services.image(imageId);
        }

        @Override
        public NodeNetworks networks(String host, List<String> ports) {
            return new NodeNetworks(networks.southbound(), services.networks().metadata(ports));
        }

        @Override
        public MetadataTold metadata(String host, String networkId, String address, String path) {
            MetadataAnswers.Answer answer =
                    services.guestAnswers().toGuestsOf(host).answer(networkId, address, path);
            return new MetadataTold(answer.status(), answer.contentType(), answer.content());
        }

        @Override
        public void networksChanged(List<NetworkChange> changes, boolean settle) {
            changes.forEach(change -> networks.changed(change.kind(), change.id()));
            if (settle) {
                networks.settle();
            }
        }
    }
}
