package io.kilonova.simulation;

import java.security.Provider;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The machine's random device, simulated: a security provider before all others that gives simulated threads what their seed
 * says. So identifiers that the program makes with {@link java.util.UUID} or {@link java.security.SecureRandom} come again
 * with the seed, without a line in the program for it.
 */
final class Entropy extends Provider {
    private static final long serialVersionUID = 1L;

    private static SplittableRandom outside = new SplittableRandom();

    private Entropy() {
        super("KilonovaSimulation", "1", "randomness from a seed");
        putService(new Service(this, "SecureRandom", "Simulated", Seeded.class.getName(), List.of(), Map.of()) {
            @Override
            public Object newInstance(Object parameter) {
                return new Seeded();
            }
        });
    }

    /**
     * Puts it in place, before anything asks for randomness. Doing so again does nothing. The database's driver makes a file
     * of its own in each process: only after it is loaded is what others get the same in each.
     */
    static synchronized void install() {
        if (Security.getProvider("KilonovaSimulation") == null) {
            Security.insertProviderAt(new Entropy(), 1);
            loadDriver();
            outside = new SplittableRandom(0);
        }
    }

    private static synchronized void fromOutside(byte[] bytes) {
        outside.nextBytes(bytes);
    }

    private static void loadDriver() {
        try {
            DriverManager.getConnection("jdbc:sqlite::memory:").close();
        } catch (SQLException e) {
            throw new IllegalStateException("there is no SQLite", e);
        }
    }

    /** From the seed in simulated threads; the same for each process in others, which make the {@link Template}. */
    private static final class Seeded extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;

        @Override
        protected void engineSetSeed(byte[] seed) {}

        @Override
        protected void engineNextBytes(byte[] bytes) {
            if (Thread.currentThread() instanceof SimulatedThread simulated) {
                simulated.world().entropy().nextBytes(bytes);
            } else {
                fromOutside(bytes);
            }
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            byte[] seed = new byte[length];
            engineNextBytes(seed);
            return seed;
        }
    }
}
