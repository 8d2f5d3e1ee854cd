package io.kilonova.simulation;

import java.security.Provider;
import java.security.SecureRandomSpi;
import java.security.Security;
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

    private Entropy() {
        super("KilonovaSimulation", "1", "randomness from a seed");
        putService(new Service(this, "SecureRandom", "Simulated", Seeded.class.getName(), List.of(), Map.of()) {
            @Override
            public Object newInstance(Object parameter) {
                return new Seeded();
            }
        });
    }

    /** Puts it in place, before anything asks for randomness. Doing so again does nothing. */
    static synchronized void install() {
        if (Security.getProvider("KilonovaSimulation") == null) {
            Security.insertProviderAt(new Entropy(), 1);
        }
    }

    /** From the seed in simulated threads; anything in others. */
    private static final class Seeded extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;
        private static final ThreadLocal<SplittableRandom> OUTSIDE = ThreadLocal.withInitial(SplittableRandom::new);

        @Override
        protected void engineSetSeed(byte[] seed) {}

        @Override
        protected void engineNextBytes(byte[] bytes) {
            SplittableRandom source = Thread.currentThread() instanceof SimulatedThread simulated
                    ? simulated.world().entropy()
                    : OUTSIDE.get();
            source.nextBytes(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            byte[] seed = new byte[length];
            engineNextBytes(seed);
            return seed;
        }
    }
}
