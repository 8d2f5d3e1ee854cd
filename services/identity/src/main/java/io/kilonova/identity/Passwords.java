package io.kilonova.identity;

import com.password4j.BcryptFunction;
import com.password4j.types.Bcrypt;
import io.kilonova.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hashes and checks passwords with bcrypt {@code $2b$}. That is slow on purpose (a quarter of a second at cost 12), so it
 * runs on few threads of its own behind a bounded queue: a flood of log-ins waits, and nothing else does.
 *
 * <p>bcrypt looks at 72 bytes. A longer password, or one with a NUL, is replaced by the Base64 of its SHA-256 before, so
 * that every byte counts.
 */
final class Passwords implements AutoCloseable {
    private static final int BCRYPT_BYTES = 72;

    /** Checked in place of a hash that is not there, for its time alone; made up, so that no start waits for a real one. */
    private static final String NOBODYS_SALT_AND_DIGEST = "WkQvXnTjLrMcYpBzHsFdGu" + ".".repeat(31);

    private static final int MAXIMUM_CHARACTERS = 4096;
    private static final int QUEUE = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BcryptFunction function;
    private final ThreadPoolExecutor threads;
    private final String dummy;

    Passwords(int cost, int threadCount) {
        this.function = BcryptFunction.getInstance(Bcrypt.B, cost);
        this.threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(QUEUE),
                Thread.ofPlatform().name("passwords-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        this.dummy = "$2b$%02d$%s".formatted(cost, NOBODYS_SALT_AND_DIGEST);
    }

    /**
     * The hash of a new password.
     *
     * @throws ServiceException {@link IdentityError#FIELD_INVALID}, {@link IdentityError#BUSY}
     */
    String hash(String password) {
        if (password.isEmpty() || password.length() > MAXIMUM_CHARACTERS) {
            throw IdentityError.FIELD_INVALID.with(
                    "password", "it has 1 to %d characters.".formatted(MAXIMUM_CHARACTERS));
        }
        return wait(() -> function.hash(input(password)).getResult());
    }

    /** Whether a password is the one that was hashed. Takes the same time when there is no hash at all. */
    boolean matches(String hash, String password) {
        boolean possible = !hash.isEmpty() && password.length() <= MAXIMUM_CHARACTERS && hash.startsWith("$2");
        String against = possible ? hash : dummy;
        String bounded = password.length() <= MAXIMUM_CHARACTERS ? password : "";
        return wait(() -> function.check(input(bounded), against)) && possible;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static String input(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        boolean plain = bytes.length <= BCRYPT_BYTES && password.indexOf('\0') < 0;
        return plain ? password : Base64.getEncoder().encodeToString(Ids.digest(bytes));
    }

    private <T> T wait(Callable<T> work) {
        Future<T> future;
        try {
            future = threads.submit(work);
        } catch (RejectedExecutionException exception) {
            throw IdentityError.BUSY.with().retryAfter(Duration.ofSeconds(1));
        }
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException exception) {
            future.cancel(false);
            throw IdentityError.BUSY.with().retryAfter(Duration.ofSeconds(1));
        } catch (ExecutionException exception) {
            throw IdentityError.UNEXPECTED.because(exception, "hashing a password");
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw IdentityError.BUSY.with().retryAfter(Duration.ofSeconds(1));
        }
    }
}
