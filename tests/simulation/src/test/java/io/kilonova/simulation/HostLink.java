package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from a controller to a host that is in one process with it, as a hypervisor's daemon is beside it. Each command may be
 * lost, done without an answer, or done twice. It stands before every method of {@link Hypervisor} alike, which is why it is a
 * proxy: a command that is added is broken too.
 */
final class HostLink {
    private final World world;
    private final Weather weather;
    private final String controller;
    private final Life life;
    private final SimulatedHost host;

    private HostLink(SimulatedCloud cloud, String controller, Life life, SimulatedHost host) {
        this.world = cloud.world();
        this.weather = cloud.weather();
        this.controller = controller;
        this.life = life;
        this.host = host;
    }

    /** The host as that controller reaches it. */
    static Hypervisor of(SimulatedCloud cloud, String controller, Life life, SimulatedHost host) {
        HostLink link = new HostLink(cloud, controller, life, host);
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
            case "subscribe" ->
                host.hypervisor().subscribe(event -> deliver((Consumer<GuestEvent>) arguments[0], event));
            default -> command(method, arguments);
        };
    }

    private @Nullable Object command(Method method, Object[] arguments) throws Throwable {
        String name = "%s %s at %s".formatted(method.getName(), guestOf(arguments), host.name());
        world.pass("asks for " + name);
        if (world.chance(weather.slowNetwork)) {
            pause(50, 5_000);
        }
        if (away() || world.chance(weather.lostMessages)) {
            world.tell("does not reach " + host.name());
            pause(100, 5_000);
            throw unreachable("no answer");
        }
        if (world.chance(weather.doubledMessages)) {
            world.tell("asks twice for " + name);
            tryOnce(method, arguments);
            world.pass("again");
        }
        Object result = call(method, arguments);
        world.pass("did " + name);
        if (away() || world.chance(weather.lostAnswers)) {
            world.tell("hears no answer from " + host.name());
            pause(100, 5_000);
            throw unreachable("the answer was lost");
        }
        return result;
    }

    private static String guestOf(Object[] arguments) {
        return Arrays.stream(arguments)
                .findFirst()
                .map(first -> first instanceof GuestSpecification guest ? guest.id() : first.toString())
                .orElse("");
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
            return method.invoke(host.hypervisor(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private boolean away() {
        return !host.answers() || !weather.reaches(controller, host.name());
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
        return HypervisorError.HYPERVISOR_UNREACHABLE.with(host.name(), reason);
    }

    /** An event comes later than what it tells of, after others, twice, or not at all. */
    private void deliver(Consumer<GuestEvent> listener, GuestEvent event) {
        if (away() || world.chance(weather.lostReports)) {
            return;
        }
        int times = world.chance(weather.doubledMessages) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            long late = world.chance(weather.lateReports) ? 150_000 : 50;
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
