package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Measures a cloud on the hypervisor of lies over SQLite: a new one that servers are made in, or one whose database was filled
 * before. Nothing is judged here: the numbers of a machine that others use too say little, so no build fails by them.
 */
public final class Load {
    private static final String ID = "\"id\": ?\"([0-9a-f-]{36})\"";
    private static final String SERVERS = "/compute/v2.1/servers";
    private static final int STARTS = 5;
    private static final int SETTLE_SECONDS = 5;
    private static final int LISTS = 30;
    private static final int READS = 20_000;
    private static final int MANY_CLIENTS = 32;
    private static final int ALONE = 200;
    private static final int WARM_FACTOR = 4;

    /** So many times more until Java's compiler has little left to do. */
    private static final int HOT_FACTOR = 16;

    private static final int FLEET_HOSTS = 10_000;
    private static final int IDLE_SECONDS = 120;

    private final Report report = new Report();
    private final Path script;
    private final Path state;
    private String[] options = {};
    private Optional<Postgresql> postgresql = Optional.empty();
    private int accepted;

    private Load(Path script, Path folder) {
        this.script = script;
        this.state = folder.resolve("state");
    }

    /** {@code Load SCRIPT new|postgresql|full|fleet|pair|heartbeats COUNT}: the program to start, what to measure, and how many servers or nodes. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("kilonova-load");
        try {
            Load load = new Load(Path.of(arguments[0]), folder);
            int servers = Integer.parseInt(arguments[2]);
            switch (arguments[1]) {
                case "new" -> load.measureNew(servers);
                case "postgresql" -> load.measurePostgresql(folder, servers);
                case "full" -> load.measureFull(servers);
                case "fleet" -> load.measureFleet(servers);
                case "pair" -> new PairLoad(load.script, folder, load.report).measure(servers);
                case "heartbeats" -> new HeartbeatLoad(load.script, folder, load.report).measure(servers);
                default -> throw new IllegalArgumentException("not to be measured: " + arguments[1]);
            }
            load.report.print();
        } finally {
            CloudUnderLoad.remove(folder);
        }
    }

    private CloudUnderLoad start() throws IOException, InterruptedException {
        return CloudUnderLoad.start(script, state, options);
    }

    private void measureNew(int servers) throws Exception {
        try (CloudUnderLoad cloud = start()) {
            started("start of a new cloud, to the first answer", cloud.startMillis(), "", cloud);
        }
        starts("start, data present", "1.5 s");
        try (CloudUnderLoad cloud = start()) {
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            resident("resident memory, idle", "250 MiB", cloud);
            Account account = Account.signIn(cloud.port(), password());
            String unused = account.furnish();
            createsWarmer(cloud, account, servers, "500 a second", "2,000 a second, p99 50 ms");
            list(cloud, account, "GET /servers/detail of 1,000", "", "60 ms");
            for (int clients : List.of(1, 8, MANY_CLIENTS)) {
                gets(cloud, account, clients);
            }
            resident("resident memory after all that", "", cloud);
        }
        starts("start with %,d servers present".formatted(accepted), "");
    }

    private void measurePostgresql(Path folder, int servers) throws Exception {
        Postgresql server = new Postgresql();
        postgresql = Optional.of(server);
        options = new String[] {"--config=" + server.database("alone", folder)};
        try (CloudUnderLoad cloud = start()) {
            Account account = firstAccount(cloud);
            String unused = account.furnish();
            createsWarmer(cloud, account, servers, "", "800 a second, p99 50 ms");
            gets(cloud, account, 8);
        }
        starts("start with %,d servers present".formatted(accepted), "");
    }

    private void measureFull(int servers) throws Exception {
        try (CloudUnderLoad cloud = start()) {
            Account account = firstAccount(cloud);
            byte[] create = Connection.bytes("POST", SERVERS, account.token(), account.furnish());
            Clients.Outcome unused = Clients.send(cloud, create, 202, 1, 1);
            awaitBuilt(account);
        }
        Crowd.fill(state.resolve("kilonova.db"), servers);
        String present = " with %,d servers present".formatted(servers);
        starts("start" + present, "5 s");
        try (CloudUnderLoad cloud = start()) {
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            resident("resident memory, idle" + present, "", cloud);
            Account account = Account.signIn(cloud.port(), password());
            list(cloud, account, "GET /servers/detail of 1,000, the newest" + present, "", "30 ms");
            String middle = "&marker=" + Crowd.id(servers / 2);
            list(cloud, account, "GET /servers/detail of 1,000, from the middle" + present, middle, "30 ms");
            gets(cloud, account, 8);
            creates(cloud, account, 1000, 8, "");
        }
    }

    private Account firstAccount(CloudUnderLoad cloud) throws IOException, InterruptedException {
        while (Files.notExists(state.resolve("openrc"))) {
            TimeUnit.MILLISECONDS.sleep(20); // written when there is an administrator to sign in
        }
        return Account.signIn(cloud.port(), password());
    }

    /** Ten thousand hosts in one process. */
    private void measureFleet(int servers) throws Exception {
        options = new String[] {"--fake-hosts=" + FLEET_HOSTS};
        String among = " with %,d hosts".formatted(FLEET_HOSTS);
        try (CloudUnderLoad cloud = start()) {
            started("start of a new cloud" + among, cloud.startMillis(), "", cloud);
            Account account = firstAccount(cloud);
            String unused = account.furnish();
            resident("resident memory" + among, "", cloud);
            creates(cloud, account, servers, MANY_CLIENTS, "500 a second ACTIVE");
            String all = among + " and %,d servers".formatted(servers);
            resident("resident memory" + all, "1,536 MiB", cloud);
            idle("the look at all hosts" + all, "10 % of a core", cloud);
            resident("resident memory when that was over", "1,536 MiB", cloud);
            list(cloud, account, "GET /servers/detail of 1,000" + all, "", "30 ms");
        }
        try (CloudUnderLoad cloud = start()) {
            started("start" + among + ", data present", cloud.startMillis(), "", cloud);
        }
    }

    /** What a cloud costs that nobody asks anything. */
    private void idle(String title, String wanted, CloudUnderLoad cloud) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        double before = cloud.processorMicros();
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        double share = (cloud.processorMicros() - before) / IDLE_SECONDS / 1e4;
        report.row(title, "%.1f %% of a core".formatted(share), wanted, "");
    }

    private void starts(String title, String wanted) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        double processorMicros = 0;
        for (int start = 0; start < STARTS; start++) {
            try (CloudUnderLoad cloud = start()) {
                millis.add(cloud.startMillis());
                processorMicros += cloud.processorMicros();
            }
        }
        millis.sort(null);
        report.row(
                "%s, median of %d".formatted(title, STARTS),
                "%.2f s".formatted(millis.get(STARTS / 2) / 1000),
                wanted,
                "%.2f s".formatted(processorMicros / STARTS / 1e6));
    }

    private void started(String title, double millis, String wanted, CloudUnderLoad cloud) throws IOException {
        report.row(title, "%.2f s".formatted(millis / 1000), wanted, "%.2f s".formatted(cloud.processorMicros() / 1e6));
    }

    private void resident(String title, String wanted, CloudUnderLoad cloud) throws IOException {
        report.row(title, "%.0f MiB".formatted(cloud.residentMebibytes()), wanted, "");
    }

    private String password() throws IOException {
        return Files.readString(state.resolve("admin-password")).strip();
    }

    /** By a program that just started, by one that made some, and by one whose hot methods are compiled. */
    private void createsWarmer(CloudUnderLoad cloud, Account account, int servers, String cold, String hot)
            throws Exception {
        creates(cloud, account, servers, 8, cold);
        creates(cloud, account, servers * WARM_FACTOR, MANY_CLIENTS, "");
        Wrk.Made unmeasured = make(cloud, account, servers * HOT_FACTOR, MANY_CLIENTS);
        awaitBuilt(account);
        creates(cloud, account, servers * WARM_FACTOR, MANY_CLIENTS, hot);
        alone(cloud, account);
    }

    /** From the first POST to the last server that is active. */
    private void creates(CloudUnderLoad cloud, Account account, int servers, int clients, String wanted)
            throws Exception {
        double[] before = processorMicros(cloud);
        int madeBefore = accepted;
        long begin = System.nanoTime();
        Wrk.Made made = make(cloud, account, servers, clients);
        String accepting = each(before, processorMicros(cloud), made.requests());
        awaitBuilt(account);
        double seconds = (System.nanoTime() - begin) / 1e9;
        report.row(
                "%,d creates accepted after %,d, %d clients".formatted(servers, madeBefore, clients),
                "%,.0f a second; %s".formatted(made.perSecond(), made.latencies()),
                wanted,
                accepting);
        report.row(
                "the same, from the first POST to the last ACTIVE",
                "%.1f s, %,.0f a second".formatted(seconds, made.requests() / seconds),
                "",
                each(before, processorMicros(cloud), made.requests()));
    }

    /** Of the cloud, and of PostgreSQL if there is one. */
    private double[] processorMicros(CloudUnderLoad cloud) throws IOException, SQLException {
        return postgresql.isEmpty()
                ? new double[] {cloud.processorMicros()}
                : new double[] {cloud.processorMicros(), postgresql.get().processorMicros()};
    }

    private static String each(double[] before, double[] after, double times) {
        String cloud = "%.2f ms each".formatted((after[0] - before[0]) / times / 1000);
        return after.length == 1
                ? cloud
                : cloud + ", and %.2f ms of PostgreSQL's".formatted((after[1] - before[1]) / times / 1000);
    }

    /** One server after the other, each looked at until it is active, while nothing else is asked. */
    private void alone(CloudUnderLoad cloud, Account account) throws IOException, InterruptedException {
        byte[] create = Connection.bytes("POST", SERVERS, account.token(), account.body());
        List<Double> millis = new ArrayList<>();
        try (Connection connection = new Connection(cloud.port())) {
            for (int server = 0; server < 2 * ALONE; server++) {
                long begin = System.nanoTime();
                String id = Account.first(connection.exchange(create).body(), ID);
                byte[] get = Connection.get(SERVERS + "/" + id, account.token());
                while (!connection.exchange(get).body().contains("\"ACTIVE\"")) {
                    TimeUnit.MICROSECONDS.sleep(500);
                }
                if (server >= ALONE) { // those before it warm the program up
                    millis.add((System.nanoTime() - begin) / 1e6);
                }
            }
        }
        Collections.sort(millis);
        report.row(
                "POST to ACTIVE, %d servers one after the other".formatted(ALONE),
                new Clients.Outcome(0, millis, 0).latencies(),
                "p99 50 ms",
                "");
    }

    /** By wrk where it is installed: a generator in Java that just began compiles as much as what it measures. */
    private Wrk.Made make(CloudUnderLoad cloud, Account account, int servers, int clients)
            throws IOException, InterruptedException, ExecutionException {
        accepted += servers;
        if (Wrk.isThere()) {
            String url = "http://127.0.0.1:%d%s".formatted(cloud.port(), SERVERS);
            Path request = script.resolveSibling("tests/benchmarks/create.lua");
            return Wrk.make(request, url, account.token(), account.body(), servers, clients);
        }
        byte[] create = Connection.bytes("POST", SERVERS, account.token(), account.body());
        Clients.Outcome sent = Clients.send(cloud, create, 202, servers, clients);
        return new Wrk.Made(sent.perSecond(), servers, sent.latencies());
    }

    /** Waits until no server is being built; one in error is an IOException. */
    static void awaitBuilt(Account account) throws IOException, InterruptedException {
        while (account.get("/compute/v2.1/servers?status=BUILD&limit=1").contains("\"id\"")) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        String failed = account.get("/compute/v2.1/servers/detail?status=ERROR&limit=1");
        if (failed.contains("\"id\"")) {
            throw new IOException("a server is in error: " + failed);
        }
    }

    /** A page with all details, by one client; what is measured comes after as many that are not. */
    private void list(CloudUnderLoad cloud, Account account, String title, String query, String wanted)
            throws IOException, InterruptedException, ExecutionException {
        byte[] list = Connection.get("/compute/v2.1/servers/detail?limit=1000" + query, account.token());
        Clients.Outcome unused = Clients.send(cloud, list, 200, LISTS, 1);
        Clients.Outcome pages = Clients.send(cloud, list, 200, LISTS, 1);
        report.row(title, pages.latencies(), wanted, "%.1f ms".formatted(pages.processorMicros() / 1000));
    }

    /** The id of the newest server. */
    static String anyServer(Account account) throws IOException {
        return Account.first(account.get("/compute/v2.1/servers?limit=1"), ID);
    }

    /** One server again and again: the first run warms the program up, the second counts. */
    private void gets(CloudUnderLoad cloud, Account account, int clients)
            throws IOException, InterruptedException, ExecutionException {
        String path = "/compute/v2.1/servers/" + anyServer(account);
        double perSecond = 0;
        double micros = 0;
        for (int run = 0; run < 2; run++) {
            double before = cloud.processorMicros();
            if (Wrk.isThere()) {
                Wrk.Outcome read = Wrk.read("http://127.0.0.1:" + cloud.port() + path, account.token(), clients);
                perSecond = read.perSecond();
                micros = (cloud.processorMicros() - before) / read.requests();
            } else {
                Clients.Outcome read = Clients.send(cloud, Connection.get(path, account.token()), 200, READS, clients);
                perSecond = read.perSecond();
                micros = read.processorMicros();
            }
        }
        report.row(
                "GET /servers/{id}, %d connections".formatted(clients),
                "%,.0f a second beside the load".formatted(perSecond),
                clients == 1 ? "" : "15,000 a second, 100 µs each",
                "%.0f µs, so %,.0f a second on two processors".formatted(micros, 2e6 / micros));
    }
}
