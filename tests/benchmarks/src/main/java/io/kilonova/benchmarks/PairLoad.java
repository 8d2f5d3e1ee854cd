package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What one controller takes and what two take, over PostgreSQL, with four nodes. All share this machine's processors: so each
 * controller gets a share of one that leaves room for the rest, and what PostgreSQL itself takes tells where the ceiling is.
 */
final class PairLoad {
    private static final int NODES = 4;
    private static final int CLIENTS = 16;

    /** Of a core, for each controller: two of them leave half of two cores to PostgreSQL, nodes and load. */
    private static final double SHARE = 0.4;

    private final Path script;
    private final Path folder;
    private final Report report;
    private final Postgresql postgresql = new Postgresql();
    private final List<Process> nodes = new ArrayList<>();

    /** Measures {@code script}, with its state in {@code folder}. */
    PairLoad(Path script, Path folder, Report report) {
        this.script = script;
        this.folder = folder;
        this.report = report;
    }

    /** One controller, and then two, each on a new database. */
    void measure(int servers) throws Exception {
        for (int controllers = 1; controllers <= 2; controllers++) {
            measure(controllers, servers, Files.createDirectories(folder.resolve("pair-" + controllers)));
        }
    }

    private void measure(int count, int servers, Path own) throws Exception {
        ClusterUnderLoad cluster = new ClusterUnderLoad(script, own, postgresql, "pair_" + count);
        List<CloudUnderLoad> controllers = new ArrayList<>();
        List<Share> shares = new ArrayList<>();
        try {
            int gate = CloudUnderLoad.freePort();
            for (int number = 0; number < count; number++) {
                CloudUnderLoad controller = cluster.controller(number == 0 ? gate : CloudUnderLoad.freePort());
                controllers.add(controller);
                shares.add(Share.of(controller.pid(), SHARE));
            }
            for (int number = 0; number < NODES; number++) {
                nodes.add(cluster.node(number, gate));
            }
            Account account = Account.signIn(controllers.getFirst().port(), cluster.password());
            awaitNodes(account);
            byte[] create = Connection.bytes("POST", "/compute/v2.1/servers", account.token(), account.furnish());
            load(controllers, create, 202, servers / 2); // warms them up
            Load.awaitBuilt(account);
            creates(controllers, create, servers, account);
            gets(controllers, account, servers * 4);
        } finally {
            nodes.forEach(Process::destroyForcibly);
            controllers.forEach(CloudUnderLoad::close);
            shares.forEach(Share::close);
        }
    }

    private static void awaitNodes(Account account) throws IOException, InterruptedException {
        while (account.get("/compute/v2.1/os-services?binary=nova-compute").split("\"up\"", -1).length <= NODES) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void creates(List<CloudUnderLoad> controllers, byte[] create, int servers, Account account)
            throws Exception {
        double before = processorMicros(controllers);
        double databaseBefore = postgresql.processorMicros();
        long begin = System.nanoTime();
        Clients.Outcome accepted = load(controllers, create, 202, servers);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Load.awaitBuilt(account);
        double whole = (System.nanoTime() - begin) / 1e9;
        report.row(
                "%d creates, %d controllers".formatted(servers, controllers.size()),
                "%,.0f a second accepted, %,.0f a second ACTIVE; %s"
                        .formatted(servers / seconds, servers / whole, accepted.latencies()),
                "",
                "%.2f ms a server, and %.2f ms of PostgreSQL's"
                        .formatted(
                                (processorMicros(controllers) - before) / servers / 1000,
                                (postgresql.processorMicros() - databaseBefore) / servers / 1000));
    }

    private void gets(List<CloudUnderLoad> controllers, Account account, int times) throws Exception {
        String path = "/compute/v2.1/servers/" + Load.anyServer(account);
        byte[] get = Connection.get(path, account.token());
        load(controllers, get, 200, times);
        double before = processorMicros(controllers);
        double databaseBefore = postgresql.processorMicros();
        long begin = System.nanoTime();
        Clients.Outcome read = load(controllers, get, 200, times);
        double seconds = (System.nanoTime() - begin) / 1e9;
        report.row(
                "GET /servers/{id}, %d controllers".formatted(controllers.size()),
                "%,.0f a second; %s".formatted(times / seconds, read.latencies()),
                "",
                "%.0f µs, and %.0f µs of PostgreSQL's"
                        .formatted(
                                (processorMicros(controllers) - before) / times,
                                (postgresql.processorMicros() - databaseBefore) / times));
    }

    /** The same request by all clients together, spread over the controllers; answers the first one's clients' outcome. */
    private static Clients.Outcome load(List<CloudUnderLoad> controllers, byte[] request, int wanted, int times)
            throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Clients.Outcome>> running = controllers.stream()
                    .map(controller -> threads.submit(() -> Clients.send(
                            controller, request, wanted, times / controllers.size(), CLIENTS / controllers.size())))
                    .toList();
            for (Future<Clients.Outcome> outcome : running) {
                outcome.get();
            }
            return running.getFirst().get();
        }
    }

    private static double processorMicros(List<CloudUnderLoad> controllers) throws IOException {
        double micros = 0;
        for (CloudUnderLoad controller : controllers) {
            micros += controller.processorMicros();
        }
        return micros;
    }

    /** A control group that keeps a process to a share of a core. Needs root. */
    private record Share(Path group) implements AutoCloseable {
        private static final Path ROOT = Path.of("/sys/fs/cgroup");
        private static final int PERIOD_MICROS = 20_000;

        static Share of(long pid, double share) throws IOException {
            int quota = (int) (PERIOD_MICROS * share);
            boolean unified = Files.exists(ROOT.resolve("cgroup.controllers"));
            Path group = Files.createDirectories(
                    (unified ? ROOT : ROOT.resolve("cpu")).resolve("kilonova-benchmark-" + pid));
            if (unified) {
                Files.writeString(group.resolve("cpu.max"), "%d %d".formatted(quota, PERIOD_MICROS));
            } else {
                Files.writeString(group.resolve("cpu.cfs_period_us"), String.valueOf(PERIOD_MICROS));
                Files.writeString(group.resolve("cpu.cfs_quota_us"), String.valueOf(quota));
            }
            Files.writeString(group.resolve("cgroup.procs"), String.valueOf(pid));
            return new Share(group);
        }

        @Override
        public void close() {
            boolean unused = group.toFile().delete();
        }
    }
}
