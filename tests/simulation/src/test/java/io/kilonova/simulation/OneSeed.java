package io.kilonova.simulation;

/** A process that runs one seed and says its hash: the same seed has to mean the same there. */
final class OneSeed {
    private OneSeed() {}

    /** Runs the seed that is its only argument. */
    public static void main(String[] arguments) {
        System.out.println(
                Simulation.run(Long.parseLong(arguments[0]), Bug.NONE, false).hash());
    }
}
