package io.kilonova.launcher;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Tells a person what is being done: a line for each step when it has ended, with the time that it took. */
final class Narrator {
    private final PrintWriter out;

    Narrator(PrintWriter out) {
        this.out = out;
    }

    /** Does the step and tells it; the failure of a step is told too, and thrown on. */
    <T> T step(String name, Callable<T> work) throws Exception {
        long start = System.nanoTime();
        boolean done = false;
        try {
            T result = work.call();
            done = true;
            return result;
        } finally {
            double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1_000.0;
            out.printf("%s %s (%.1f s)%n", done ? "✓" : "✗", name, seconds);
            out.flush();
        }
    }

    /** Says something between the steps. */
    void say(String text) {
        out.println(text);
        out.flush();
    }

    /**
     * Shows what a guest wrote to its console. A guest may write anything: what could move the reader's cursor or change
     * the terminal's state is left out.
     */
    void quote(String text) {
        text.lines()
                .map(line -> line.replaceAll("\u001B(\\[[0-9;?]*[ -/]*[@-~]|[@-Z\\\\-_])?", "")
                        .replaceAll("\\p{Cntrl}", ""))
                .filter(line -> !line.isBlank())
                .forEach(line -> out.println("  │ " + line));
        out.flush();
    }
}
