package io.kilonova.launcher;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Asks again and again until there is an answer, with a pause in between and a deadline.
 *
 * @param pause between two questions
 * @param deadline after which {@link LauncherError#TOOK_TOO_LONG} is thrown
 */
record Patience(Duration pause, Duration deadline) {
    <T> T until(String what, Callable<Optional<T>> question) throws Exception {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<T> answer = question.call();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() - end >= 0) {
                throw LauncherError.TOOK_TOO_LONG.with(what, deadline.toSeconds());
            }
            Thread.sleep(pause);
        }
    }
}
