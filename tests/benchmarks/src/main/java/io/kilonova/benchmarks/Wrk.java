package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, which costs a tenth of what one in Java does. */
final class Wrk {
    private static final Path PROGRAM = Path.of("/usr/bin/wrk");
    private static final int SECONDS = 8;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern REQUESTS = Pattern.compile("([0-9]+) requests in");

    private Wrk() {}

    /** What was read. */
    record Outcome(double perSecond, double requests) {}

    /** Whether it is installed. */
    static boolean isThere() {
        return Files.isExecutable(PROGRAM);
    }

    /** Reads one address for a while; an answer that is no success is an IOException. */
    static Outcome read(String url, String token, int connections) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-t1",
                        "-c" + connections,
                        "-d" + SECONDS + "s",
                        "-H",
                        "X-Auth-Token: " + token,
                        "-H",
                        "OpenStack-API-Version: compute 2.37",
                        url)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        if (output.contains("Non-2xx")) {
            throw new IOException(output);
        }
        return new Outcome(number(RATE, output), number(REQUESTS, output));
    }

    private static double number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException(output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
