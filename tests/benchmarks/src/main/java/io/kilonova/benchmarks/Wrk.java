package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, which costs a tenth of what one in Java does. */
final class Wrk {
    private static final Path PROGRAM = Path.of("/usr/bin/wrk");
    private static final int SECONDS = 8;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern REQUESTS = Pattern.compile("([0-9]+) requests in");

    private static final Pattern LATENCIES = Pattern.compile("p50 .*");
    private static final int LONGEST_SECONDS = 600;

    private Wrk() {}

    /** What was read. */
    record Outcome(double perSecond, double requests) {}

    /** What was made: some more than was asked for, because wrk looks at its end ten times a second. */
    record Made(double perSecond, double requests, String latencies) {}

    /** Whether it is installed. */
    static boolean isThere() {
        return Files.isExecutable(PROGRAM);
    }

    /** Reads one address for a while; an answer that is no success is an IOException. */
    static Outcome read(String url, String token, int connections) throws IOException, InterruptedException {
        String output = run(
                Map.of(),
                "-c" + connections,
                "-d" + SECONDS + "s",
                "-H",
                "X-Auth-Token: " + token,
                "-H",
                "OpenStack-API-Version: compute 2.37",
                url);
        return new Outcome(number(RATE, output), number(REQUESTS, output));
    }

    /** Posts {@code body} at least {@code times} times; an answer that is no success is an IOException. */
    static Made make(Path script, String url, String token, String body, int times, int connections)
            throws IOException, InterruptedException {
        String output = run(
                Map.of("COUNT", String.valueOf(times), "TOKEN", token, "BODY", body),
                "-c" + connections,
                "-d" + LONGEST_SECONDS + "s",
                "-s",
                script.toString(),
                url);
        Matcher latencies = LATENCIES.matcher(output);
        if (!latencies.find()) {
            throw new IOException(output);
        }
        return new Made(number(RATE, output), number(REQUESTS, output), latencies.group());
    }

    private static String run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "-t1"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        if (output.contains("Non-2xx")) {
            throw new IOException(output);
        }
        return output;
    }

    private static double number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException(output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
