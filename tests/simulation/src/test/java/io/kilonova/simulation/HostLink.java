package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.node.CommandScope;
import io.kilonova.node.SimulatedNode;
import io.kilonova.node.SimulatedNode.Begun;
import io.kilonova.node.SimulatedNode.Message;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.Progress;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from one controller to one host, straight or to the agent there. Each command may be lost, done without an answer, or
 * done twice; one to an agent may arrive after its time. It stands before every method of {@link Hypervisor} alike, which is why
 * it is a proxy: a command that is added is broken too.
 */
final class HostLink {
    private final World world;
    private final Weather weather;
    private final String controller;
    private final Life life;
    private final FakeHypervisor host;
    private final Optional<SimulatedNode> node;
    private final Life wire = new Life();

    private HostLink(
            SimulatedCloud cloud, String controller, Life life, FakeHypervisor host, Optional<SimulatedNode> node) {
        this.world = cloud.world();
        this.weather = cloud.weather();
        this.controller = controller;
        this.life = life;
        this.host = host;
        this.node = node;
    }

    /** The host as that controller reaches it. */
    static Hypervisor of(
            SimulatedCloud cloud, String controller, Life life, FakeHypervisor host, Optional<SimulatedNode> node) {
        HostLink link = new HostLink(cloud, controller, life, host, node);
        return (Hypervisor) Proxy.newProxyInstance(
                Hypervisor.class.getClassLoader(),
                new Class<?>[] {Hypervisor.class},
                (proxy, method, arguments) ->
                        link.invoke(method, Optional.ofNullable(arguments).orElse(new Object[0])));
    }

    @SuppressWarnings("unchecked") // the one argument of subscribe
    private @Nullable Object invoke(Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "host", "close", "hashCode", "toString" -> call(method, arguments);
            case "subscribe" -> host.subscribe(event -> deliver((Consumer<GuestEvent>) arguments[0], event));
            default -> command(method, arguments);
        };
    }

    private @Nullable Object command(Method method, Object[] arguments) throws Throwable {
        String name = "%s %s at %s".formatted(method.getName(), guestOf(arguments), host.host());
        Optional<Message> message =
                node.map(agent -> message(method, arguments)).filter(Message::isRemembered);
        world.pass("asks for " + name);
        if (world.chance(weather.slowNetwork)) {
            pause(50, 5_000);
        }
        boolean late = message.isPresent() && world.chance(weather.lateCommands);
        if (late) {
            sendLater(message.get(), method, arguments, world.between(1_000, 60_000));
        }
        if (late || away() || world.chance(weather.lostCommands)) {
            world.tell("does not reach " + host.host());
            pause(100, 5_000);
            throw unreachable("no answer");
        }
        if (world.chance(weather.doubledCommands)) {
            world.tell("asks twice for " + name);
            if (message.isPresent()) {
                sendLater(message.get(), method, arguments, world.between(0, 5_000));
            } else {
                tryOnce(method, arguments);
            }
            world.pass("again");
        }
        Object result = message.isPresent() ? ask(message.get(), method, arguments) : call(method, arguments);
        world.pass("did " + name);
        if (away() || world.chance(weather.lostAnswers)) {
            world.tell("hears no answer from " + host.host());
            pause(100, 5_000);
            throw unreachable("the answer was lost");
        }
        return result;
    }

    private static Message message(Method method, Object[] arguments) {
        List<Object> asked = Arrays.stream(arguments)
                .filter(argument ->
                        !(argument instanceof Progress || argument instanceof LiveMigrationProgress.Listener))
                .map(argument -> argument instanceof DiskSource source ? source.host() : argument)
                .toList();
        Optional<CommandScope> scope = StepContext.current()
                .map(StepContext::command)
                .map(token -> new CommandScope(token.operationId(), token.step(), token.subject(), token.fence()));
        return Message.of(scope, method.getName(), guestOf(arguments), asked);
    }

    private static String guestOf(Object[] arguments) {
        return Arrays.stream(arguments)
                .findFirst()
                .map(first -> first instanceof GuestSpecification guest ? guest.id() : first.toString())
                .orElse("");
    }

    /** The message is under way for a while, whatever becomes of who sent it, and nobody waits for an answer. */
    private void sendLater(Message message, Method method, Object[] arguments, Duration delay) {
        int outages = host.outages();
        world.start(controller + "/message", wire, () -> {
            world.rest(delay);
            if (host.outages() != outages) {
                return; // the connection that it was on is no more
            }
            try {
                world.tell("arrives late: %s %s at %s".formatted(message.name(), message.guest(), host.host()));
                Begun unused = begin(message, method, arguments);
            } catch (ServiceException refused) {
                world.tell("was refused: " + refused.code().name());
            }
        });
    }

    /** Asks the agent, and waits for the command's end. */
    private @Nullable Object ask(Message message, Method method, Object[] arguments) {
        Begun begun = begin(message, method, arguments);
        try {
            world.await(begun.end());
        } catch (InterruptedException e) {
            world.start(controller + "/abandon", life, () -> {
                world.rest(world.between(0, 2_000));
                if (!away()) {
                    node.orElseThrow().abandon(message);
                }
            });
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        }
        begun.moved()
                .ifPresent(progress -> Arrays.stream(arguments)
                        .filter(LiveMigrationProgress.Listener.class::isInstance)
                        .forEach(listener -> ((LiveMigrationProgress.Listener) listener).moved(progress)));
        if (method.getReturnType() != void.class) {
            return begun.answer(method.getReturnType());
        }
        String unused = begun.answer(String.class);
        return null;
    }

    private Begun begin(Message message, Method method, Object[] arguments) {
        return node.orElseThrow().begin(message, (progress, listener) -> {
            Object[] told = Arrays.stream(arguments)
                    .map(argument -> argument instanceof Progress
                            ? progress
                            : argument instanceof LiveMigrationProgress.Listener ? listener : argument)
                    .toArray();
            try {
                return Optional.ofNullable(method.invoke(host, told)).orElse("done");
            } catch (InvocationTargetException thrown) {
                if (thrown.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(thrown.getCause());
            } catch (IllegalAccessException hidden) {
                throw new IllegalStateException(hidden);
            }
        });
    }

    /** The first of two equal commands, whose answer nobody waits for. */
    private void tryOnce(Method method, Object[] arguments) throws Throwable {
        try {
            call(method, arguments);
        } catch (ServiceException refused) {
            world.tell("was refused: " + refused.code().name());
        }
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(host, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private boolean away() {
        return !host.hasPower()
                || weather.hostsOff.contains(host.host())
                || weather.partitions.contains(controller + "/" + host.host());
    }

    private void pause(long leastMillis, long mostMillis) {
        try {
            world.sleep(world.between(leastMillis, mostMillis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        }
    }

    private ServiceException unreachable(String reason) {
        return HypervisorError.HYPERVISOR_UNREACHABLE.with(host.host(), reason);
    }

    /** An event comes later than what it tells of, after others, twice, or not at all. */
    private void deliver(Consumer<GuestEvent> listener, GuestEvent event) {
        if (away() || world.chance(weather.lostAnswers)) {
            return;
        }
        int times = world.chance(weather.doubledCommands) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            long late = world.chance(weather.slowNetwork) ? 10_000 : 50;
            world.start(controller + "/event", life, () -> {
                world.rest(world.between(0, late));
                world.tell("hears that a guest is " + event.power());
                try {
                    listener.accept(event);
                } catch (ServiceException lost) {
                    world.tell("forgets an event: " + lost.code().name());
                }
            });
        }
    }
}
