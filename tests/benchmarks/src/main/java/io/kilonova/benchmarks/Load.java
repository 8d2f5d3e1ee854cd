package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures a cloud on the hypervisor of lies over SQLite and prints a table in Markdown. Nothing is judged here: the numbers
 * of a machine that others use too say little, so no build fails by them.
 */
public final class Load {
    private static final int CLIENTS = 8;
    private static final int STARTS = 5;
    private static final int SETTLE_SECONDS = 5;
    private static final int READ_SECONDS = 8;
    private static final int LISTS = 30;

    private final Path script;
    private final Path folder;
    private final int servers;
    private final List<String> table = new ArrayList<>();

    private Load(Path script, Path folder, int servers) {
        this.script = script;
        this.folder = folder;
        this.servers = servers;
    }

    /** {@code Load SCRIPT SERVERS}: the program to start, and how many servers to boot. */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        Path folder = Files.createTempDirectory("kilonova-load");
        try {
            new Load(Path.of(arguments[0]), folder, Integer.parseInt(arguments[1])).measure();
        } finally {
            CloudUnderLoad.remove(folder);
        }
    }

    private void measure() throws IOException, InterruptedException, ExecutionException {
        Path state = folder.resolve("state");
        row("measure", "result", "processor time of the cloud");
        row("---", "---", "---");
        try (CloudUnderLoad cloud = CloudUnderLoad.start(script, state)) {
            row("start of a new cloud, to the first answer", "%.2f s".formatted(cloud.startMillis() / 1000), "");
        }
        starts(state, "start, median of %d".formatted(STARTS));
        try (CloudUnderLoad cloud = CloudUnderLoad.start(script, state)) {
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            row("resident memory, idle", "%.0f MiB".formatted(cloud.residentMebibytes()), "");
            Account account = Account.signIn(cloud.port(), password(state));
            String server = account.furnish();
            creates(cloud, account, server);
            lists(cloud, account);
            gets(cloud, account);
            row("resident memory after all that", "%.0f MiB".formatted(cloud.residentMebibytes()), "");
        }
        starts(state, "start with %,d servers present, median of %d".formatted(servers, STARTS));
        table.forEach(System.out::println);
    }

    private void starts(Path state, String title) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            try (CloudUnderLoad cloud = CloudUnderLoad.start(script, state)) {
                millis.add(cloud.startMillis());
            }
        }
        row(title, "%.2f s".formatted(at(millis, 0.5) / 1000), "");
    }

    private static String password(Path state) throws IOException {
        return Files.readString(state.resolve("admin-password")).strip();
    }

    /** From the first POST to the last server that is active. */
    private void creates(CloudUnderLoad cloud, Account account, String body)
            throws IOException, InterruptedException, ExecutionException {
        byte[] create = Connection.bytes("POST", "/compute/v2.1/servers", account.token(), body);
        double before = cloud.processorMicros();
        long begin = System.nanoTime();
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int share = servers / CLIENTS + (client < servers % CLIENTS ? 1 : 0);
                running.add(clients.submit(() -> {
                    repeat(cloud.port(), create, 202, share, millis);
                    return share;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
        double accepted = (System.nanoTime() - begin) / 1e9;
        while (account.get("/compute/v2.1/servers?status=BUILD&limit=1").contains("\"id\"")) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        double active = (System.nanoTime() - begin) / 1e9;
        double micros = cloud.processorMicros() - before;
        if (account.get("/compute/v2.1/servers?status=ERROR&limit=1").contains("\"id\"")) {
            throw new IOException("a server is in error");
        }
        row(
                "creates accepted, %d clients".formatted(CLIENTS),
                "%.0f a second; p50 %.1f ms, p99 %.1f ms"
                        .formatted(servers / accepted, at(millis, 0.5), at(millis, 0.99)),
                "");
        row(
                "%,d servers, first POST to last ACTIVE".formatted(servers),
                "%.1f s".formatted(active),
                "%.1f ms a server".formatted(micros / servers / 1000));
    }

    /** A list with all details, by one client. */
    private void lists(CloudUnderLoad cloud, Account account) throws IOException {
        byte[] list = Connection.get("/compute/v2.1/servers/detail?limit=1000", account.token());
        repeat(cloud.port(), list, 200, LISTS, new ArrayList<>());
        double before = cloud.processorMicros();
        List<Double> millis = new ArrayList<>();
        repeat(cloud.port(), list, 200, LISTS, millis);
        double micros = cloud.processorMicros() - before;
        row(
                "GET /servers/detail of %,d".formatted(Math.min(servers, 1000)),
                "p50 %.0f ms, p99 %.0f ms".formatted(at(millis, 0.5), at(millis, 0.99)),
                "%.0f ms".formatted(micros / LISTS / 1000));
    }

    /** One server again and again: the first run warms the program up, the second counts. */
    private void gets(CloudUnderLoad cloud, Account account)
            throws IOException, InterruptedException, ExecutionException {
        Matcher id =
                Pattern.compile("\"id\": ?\"([0-9a-f-]{36})\"").matcher(account.get("/compute/v2.1/servers?limit=1"));
        if (!id.find()) {
            throw new IOException("there is no server");
        }
        String path = "/compute/v2.1/servers/" + id.group(1);
        for (int concurrency : List.of(1, CLIENTS, 4 * CLIENTS)) {
            read(cloud.port(), account, path, concurrency);
            double before = cloud.processorMicros();
            double each = read(cloud.port(), account, path, concurrency);
            double micros = (cloud.processorMicros() - before) / (each * READ_SECONDS);
            row(
                    "GET /servers/{id}, %d connections".formatted(concurrency),
                    "%,.0f a second".formatted(each),
                    "%.0f µs".formatted(micros));
        }
    }

    private static double read(int port, Account account, String path, int concurrency)
            throws IOException, InterruptedException, ExecutionException {
        if (Files.isExecutable(Path.of("/usr/bin/wrk"))) {
            return Wrk.read("http://127.0.0.1:" + port + path, account.token(), concurrency, READ_SECONDS);
        }
        byte[] get = Connection.get(path, account.token());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READ_SECONDS);
        long requests = 0;
        try (ExecutorService clients = Executors.newFixedThreadPool(concurrency)) {
            List<Future<Long>> running = new ArrayList<>();
            for (int client = 0; client < concurrency; client++) {
                running.add(clients.submit(() -> {
                    long count = 0;
                    try (Connection connection = new Connection(port)) {
                        for (; System.nanoTime() < end; count++) {
                            connection.exchange(get);
                        }
                    }
                    return count;
                }));
            }
            for (Future<Long> client : running) {
                requests += client.get();
            }
        }
        return (double) requests / READ_SECONDS;
    }

    private static void repeat(int port, byte[] request, int wanted, int times, List<Double> millis)
            throws IOException {
        try (Connection connection = new Connection(port)) {
            for (int number = 0; number < times; number++) {
                long begin = System.nanoTime();
                Connection.Answer answer = connection.exchange(request);
                if (answer.status() != wanted) {
                    throw new IOException("%d instead of %d: %s".formatted(answer.status(), wanted, answer.body()));
                }
                millis.add((System.nanoTime() - begin) / 1e6);
            }
        }
    }

    private static double at(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * share)));
    }

    private void row(String... cells) {
        table.add("| " + String.join(" | ", cells).strip() + " |");
        System.err.println(String.join("  ", cells).toLowerCase(Locale.ROOT));
    }
}
