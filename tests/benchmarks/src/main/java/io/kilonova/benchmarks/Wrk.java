package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, which costs a tenth of what one in Java does. */
final class Wrk {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    private Wrk() {}

    /** Requests a second that were answered; an answer that is no success is an IOException. */
    static double read(String url, String token, int connections, int seconds)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "/usr/bin/wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "-H",
                        "X-Auth-Token: " + token,
                        "-H",
                        "OpenStack-API-Version: compute 2.37",
                        url)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher matcher = RATE.matcher(output);
        if (!matcher.find() || output.contains("Non-2xx")) {
            throw new IOException(output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
