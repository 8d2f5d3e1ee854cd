package io.kilonova.simulation;

import io.kilonova.fake.Misfortunes;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/** Users use the cloud while things break, all of it by chance, for some minutes. */
final class Turmoil implements Story {
    @Override
    public int controllers(World world) {
        return 1 + world.random().nextInt(3);
    }

    @Override
    public void unfold(Stage stage) {
        World world = stage.world();
        Life everybody = new Life();
        world.start("users", everybody, () -> use(stage));
        world.start("faults", everybody, () -> breakThings(stage.cloud()));
        long end = world.nowMillis() + world.between(60_000, 180_000).toMillis();
        while (world.nowMillis() < end) {
            stage.look();
        }
        everybody.end();
        stage.cloud().fleet().strikeWith(Misfortunes.none());
    }

    private static void use(Stage stage) {
        World world = stage.world();
        while (true) {
            world.rest(world.between(0, 4_000));
            List<SimulatedController> controllers = stage.cloud().controllers();
            if (!controllers.isEmpty()) {
                SimulatedController controller = world.any(controllers);
                stage.ask(controller, weighted(world.random(), UserAction.ALL, UserAction::weight), () -> {});
            }
        }
    }

    /** Only some faults in each world, the more often: what hides behind one shows where that is missing. */
    private static void breakThings(SimulatedCloud cloud) {
        World world = cloud.world();
        List<Fault> some = Fault.ALL.stream().filter(fault -> world.chance(0.4)).toList();
        while (!some.isEmpty()) {
            world.rest(world.between(0, 15_000));
            Fault fault = weighted(world.random(), some, Fault::weight);
            world.tell("strikes: " + fault.name());
            Runnable end = fault.strike().on(cloud);
            if (fault.mostSeconds() > 0) {
                Duration length = world.between(1_000, fault.mostSeconds() * 1_000L);
                world.start("end of " + fault.name(), new Life(), () -> {
                    world.rest(length);
                    end.run();
                });
            }
        }
    }

    private static <T> T weighted(SplittableRandom random, List<T> table, ToIntFunction<T> weight) {
        int left = random.nextInt(table.stream().mapToInt(weight).sum());
        for (T line : table) {
            left -= weight.applyAsInt(line);
            if (left < 0) {
                return line;
            }
        }
        throw new IllegalStateException("the weights are more than their sum");
    }
}
