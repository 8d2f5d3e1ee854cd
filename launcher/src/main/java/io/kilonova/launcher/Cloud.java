package io.kilonova.launcher;

import com.sun.management.OperatingSystemMXBean;
import io.kilonova.access.PolicyRules;
import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.HostAndPort;
import io.kilonova.configuration.Secret;
import io.kilonova.http.AccessLog;
import io.kilonova.http.HttpServer;
import io.kilonova.http.ListenAddress;
import io.kilonova.http.RequestMetrics;
import io.kilonova.http.ServiceApi;
import io.kilonova.identity.FirstCloud;
import io.kilonova.metadata.MetadataProxyListener;
import io.kilonova.storage.Database;
import io.kilonova.telemetry.Metrics;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The composition root: the one place that knows all rooms, makes their parts by their constructors, and stops them in
 * the opposite order. A part that is started is handed to {@link Parts} at once, so that a start that fails halfway leaves
 * nothing running.
 */
final class Cloud implements AutoCloseable {
    /** How long requests under way may take when the cloud stops; shorter than the whole stop's deadline. */
    private static final Duration DRAIN = Duration.ofSeconds(20);

    /** Where OpenStack's services customarily listen, by the folder that each has on the common listener. */
    private static final Map<String, Integer> CLASSIC_PORTS = Map.of(
            "/identity", 5000,
            "/compute", 8774,
            "/image", 9292,
            "/networking", 9696,
            "/placement", 8778,
            "/volume", 8776);

    private static final int METADATA_PORT = 8775;

    private final StateDirectory state;
    private final Parts parts = new Parts();
    private final Metrics metrics = new Metrics();
    private final RequestMetrics requests = new RequestMetrics(metrics, AccessLog.toLog());
    private Optional<Health> health = Optional.empty();
    private HostAndPort address;

    private Cloud(StateDirectory state, HostAndPort address) {
        this.state = state;
        this.address = address;
        parts.own("the state directory", state);
    }

    /**
     * Starts a whole cloud on this machine. The state directory is the cloud's from here on, and let go of with it, or when the
     * start fails.
     */
    static Cloud start(Configuration configuration, StateDirectory state) {
        return start(configuration, state, FakePlatform.HOSTS);
    }

    /** The same, with so many hosts where these are fake. */
    static Cloud start(Configuration configuration, StateDirectory state, int fakeHosts) {
        return start(configuration, state, database -> HostPlatform.of(configuration, state.path(), fakeHosts));
    }

    /** Starts one controller of a cluster: the same services, over nodes on other machines. */
    static Cloud startController(Configuration configuration, StateDirectory state) {
        return start(
                configuration,
                state,
                database -> new ClusterPlatform(configuration, state.path(), database, Clock.systemUTC()));
    }

    private static Cloud start(
            Configuration configuration, StateDirectory state, Function<Database, HostPlatform> platform) {
        Cloud cloud = new Cloud(state, configuration.get(KilonovaOptions.LISTEN));
        boolean started = false;
        try {
            cloud.startParts(configuration, platform);
            started = true;
            return cloud;
        } finally {
            if (!started) {
                cloud.close();
            }
        }
    }

    private void startParts(Configuration configuration, Function<Database, HostPlatform> choice) {
        Clock clock = Clock.systemUTC();
        Database database =
                parts.own("the database", Database.open(DatabaseSettings.of(configuration), Services.MIGRATIONS));
        HostPlatform platform = parts.own("the host", choice.apply(database));
        Services services = parts.own(
                "the services",
                new Services(database, configuration, state.path(), platform, metrics, rushHour(), clock));
        platform.bind(services);
        services.start();
        Health answering = new Health(database, services.compute());
        health = Optional.of(answering);
        HttpServer server = serverAt(configuration, services, answering);
        address = new HostAndPort(address.host(), server.port());
        services.bootstrap(FirstCloud.of(
                state.adminPassword(), endpoints(url(configuration).toString())));
        if (configuration.get(KilonovaOptions.CLASSIC_PORTS)) {
            serveMetadata(services, address.host());
        }
        server.start();
        ClientFiles.write(state.path(), url(configuration), state.adminPassword());
    }

    private RushHour rushHour() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new RushHour(requests::isCrowded, system::getCpuLoad, System::nanoTime);
    }

    /** What the catalog names: each service under its folder on the common listener. */
    private static List<FirstCloud.Service> endpoints(String url) {
        return List.of(
                FirstCloud.Service.at("identity", "keystone", url + "/identity"),
                FirstCloud.Service.at("compute", "nova", url + "/compute/v2.1"),
                FirstCloud.Service.at("image", "glance", url + "/image"),
                FirstCloud.Service.at("network", "neutron", url + "/networking"),
                FirstCloud.Service.at("placement", "placement", url + "/placement"));
    }

    /** Made last, when all that a request needs is there, and so stopped first. Has its addresses, and answers nobody yet. */
    private HttpServer serverAt(Configuration configuration, Services services, Health answering) {
        HostAndPort wanted = configuration.get(KilonovaOptions.LISTEN);
        HttpServer server = parts.own(
                "the APIs",
                new HttpServer(new HttpServer.Setup(
                        Stream.concat(services.apis().stream(), apis(answering, wanted).stream())
                                .toList(),
                        services.identity(),
                        configuration
                                .get(KilonovaOptions.POLICY_FILE)
                                .map(PolicyRules::overriddenBy)
                                .orElseGet(PolicyRules::defaults),
                        requests,
                        new ListenAddress(wanted.host(), wanted.port()),
                        classicPorts(configuration, services.apis()),
                        configuration.get(KilonovaOptions.PUBLIC_URL),
                        DRAIN)));
        try {
            server.bind();
        } catch (UncheckedIOException refused) {
            throw LauncherError.ADDRESS_UNUSABLE.because(refused, wanted, refused.getMessage());
        }
        return server;
    }

    /** For guests whose networks are another's, whose proxy has the secret; guests of our networks ask elsewhere. */
    private void serveMetadata(Services services, String host) {
        Secret secret = state.secret(StateDirectory.METADATA_PROXY_SECRET);
        MetadataProxyListener listener = parts.own(
                "the metadata listener",
                new MetadataProxyListener(services.guestAnswers(), secret, host, METADATA_PORT));
        try {
            listener.open();
        } catch (UncheckedIOException refused) {
            throw LauncherError.ADDRESS_UNUSABLE.because(
                    refused, new HostAndPort(host, METADATA_PORT), refused.getMessage());
        }
    }

    private List<ServiceApi> apis(Health answering, HostAndPort wanted) {
        Optional<Secret> token =
                wanted.isLoopback() ? Optional.empty() : Optional.of(state.secret(StateDirectory.METRICS_TOKEN));
        return new HealthApis(answering, metrics, token).apis();
    }

    private static Map<String, ListenAddress> classicPorts(Configuration configuration, List<ServiceApi> services) {
        if (!configuration.get(KilonovaOptions.CLASSIC_PORTS)) {
            return Map.of();
        }
        String host = configuration.get(KilonovaOptions.LISTEN).host();
        return services.stream()
                .filter(service -> CLASSIC_PORTS.containsKey(service.mount()))
                .collect(Collectors.toMap(
                        ServiceApi::name,
                        service -> new ListenAddress(host, CLASSIC_PORTS.getOrDefault(service.mount(), 0))));
    }

    /** Where all services are served, with the port that was really taken. */
    HostAndPort address() {
        return address;
    }

    /** The folder of the cloud's state. */
    Path statePath() {
        return state.path();
    }

    /** The address of all services as their users see it, without a slash at its end. */
    URI url(Configuration configuration) {
        return URI.create(configuration.get(KilonovaOptions.PUBLIC_URL).orElse("http://" + address));
    }

    /** Lets load balancers know, leaves to other controllers what they can do at once, and stops all parts. */
    @Override
    public void close() {
        try {
            health.ifPresent(Health::leave);
        } finally {
            parts.close();
        }
    }
}
