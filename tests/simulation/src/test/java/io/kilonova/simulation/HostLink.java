package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from one controller to one host. Each command may be lost, done without an answer, or done twice. It stands before
 * every method of {@link Hypervisor} alike, which is why it is a proxy: a command that is added is broken too.
 */
final class HostLink {
    private final World world;
    private final Weather weather;
    private final String controller;
    private final Life life;
    private final FakeHypervisor host;

    private HostLink(World world, Weather weather, String controller, Life life, FakeHypervisor host) {
        this.world = world;
        this.weather = weather;
        this.controller = controller;
        this.life = life;
        this.host = host;
    }

    /** The host as that controller reaches it. */
    static Hypervisor of(World world, Weather weather, String controller, Life life, FakeHypervisor host) {
        HostLink link = new HostLink(world, weather, controller, life, host);
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
        String name = method.getName() + " at " + host.host();
        world.pass("asks for " + name);
        if (world.chance(weather.slowNetwork)) {
            pause(50, 5_000);
        }
        if (away() || world.chance(weather.lostCommands)) {
            world.tell("does not reach " + host.host());
            pause(100, 5_000);
            throw unreachable("no answer");
        }
        if (world.chance(weather.doubledCommands)) {
            world.tell("asks twice for " + name);
            tryOnce(method, arguments);
            world.pass("again");
        }
        Object result = call(method, arguments);
        world.pass("did " + name);
        if (away() || world.chance(weather.lostAnswers)) {
            world.tell("hears no answer from " + host.host());
            pause(100, 5_000);
            throw unreachable("the answer was lost");
        }
        return result;
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
