package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.node.NodeCommand.Effect;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is done to one guest at a time, and when. */
class RunningCommandsTest {
    private final RunningCommands commands = new RunningCommands("host", new Forgetful(), PeerThreads.virtual());
    private final List<String> told = new CopyOnWriteArrayList<>();

    /** A memory of nothing. */
    private static final class Forgetful implements CommandMemory {
        @Override
        public Optional<JsonNode> answer(String number) {
            return Optional.empty();
        }

        @Override
        public void pass(CommandOrder order) {}

        @Override
        public void done(CommandOrder order, JsonNode answer) {}
    }

    @Test
    void a_command_whose_waiting_was_given_up_and_that_comes_again_waits_again() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RunningCommands.Running first = begin("first", 1, () -> {
            inside.countDown();
            awaitWhateverComes(goOn);
        });
        inside.await();
        begin("second", 2, () -> {});
        commands.abandon("second");
        RunningCommands.Running again = begin("second", 2, () -> {});
        RunningCommands.Running third = begin("third", 3, () -> {});
        commands.abandon("third");
        assertThat(third.end()).isDone();
        goOn.countDown();
        again.end().get(30, TimeUnit.SECONDS);
        first.end().get(30, TimeUnit.SECONDS);
        assertThat(told).containsExactly("first begins", "first ends", "second begins", "second ends");
    }

    private RunningCommands.Running begin(String number, long fence, Runnable work) {
        return commands.begin(new CommandOrder(number, "guest", fence), Effect.CHANGES, "guest", teller -> {
            told.add(number + " begins");
            work.run();
            told.add(number + " ends");
            return new Wire.Nothing();
        });
    }

    /** As a hypervisor that cannot be interrupted. */
    private static void awaitWhateverComes(CountDownLatch latch) {
        boolean over = false;
        while (!over) {
            try {
                over = latch.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException again) {
                Thread.interrupted();
            }
        }
    }
}
