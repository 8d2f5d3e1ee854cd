package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.node.SimulatedDisk;
import io.kilonova.node.SimulatedNode;
import io.kilonova.spi.Hypervisor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A host, and in a cluster the agent on it: that may end and start anew while guests run on, or lose its power with them. */
final class SimulatedHost {
    private final SimulatedCloud cloud;
    private final World world;
    private final FakeHypervisor hypervisor;
    private final SimulatedDisk disk;
    private Life process = new Life();
    private Optional<SimulatedNode> agent = Optional.empty();

    /** A host whose agent, if it is to have one, is not started. */
    SimulatedHost(SimulatedCloud cloud, FakeHypervisor hypervisor) {
        this.cloud = cloud;
        this.world = cloud.world();
        this.hypervisor = hypervisor;
        this.disk = new SimulatedDisk(hypervisor.host(), cloud.gates(), new Disk());
    }

    String name() {
        return hypervisor.host();
    }

    FakeHypervisor hypervisor() {
        return hypervisor;
    }

    /** Whether somebody is there to answer. */
    boolean answers() {
        return hypervisor.hasPower() && !process.isOver();
    }

    /** Starts its agent, whose supervisor does so again when it cannot. */
    void startAgent() {
        process = new Life();
        LivingProcess started = new LivingProcess(world, name(), process);
        world.start(name() + "/start", process, () -> {
            try {
                agent = Optional.of(new SimulatedNode(cloud.network(), started, watched(), disk));
            } catch (ServiceException unable) {
                world.tell("cannot start: " + unable.code().name());
                killAgent();
            }
        });
    }

    /** The agent ends between two instructions, and its supervisor starts it again; what it wrote down is there. */
    void killAgent() {
        if (cloud.isCluster() && answers()) {
            endAgent();
            world.start("supervisor", new Life(), () -> {
                world.rest(world.between(100, 5_000));
                startAgain();
            });
        }
    }

    void losePower() {
        world.tell(name() + " loses its power");
        hypervisor.losePower();
        if (cloud.isCluster()) {
            endAgent();
            disk.losePower();
        }
    }

    void regainPower() {
        hypervisor.regainPower();
        startAgain();
    }

    private void endAgent() {
        world.tell("the agent of %s ends".formatted(name()));
        process.end();
        agent.ifPresent(ended -> ended.end(hypervisor.hasPower()));
        agent = Optional.empty();
    }

    private void startAgain() {
        if (process.isOver() && hypervisor.hasPower()) {
            startAgent();
        }
    }

    /** The hypervisor as its agent has it, which tells where it is in a step: places at which something ends. */
    private Hypervisor watched() {
        return (Hypervisor) Proxy.newProxyInstance(
                Hypervisor.class.getClassLoader(),
                new Class<?>[] {Hypervisor.class},
                (proxy, method, arguments) -> carryOut(method, arguments));
    }

    private @Nullable Object carryOut(Method method, Object @Nullable [] arguments) throws Throwable {
        Optional<String> place = WatchedOperation.place().filter(step -> SimulatedNode.isRemembered(method));
        place.ifPresent(step -> cloud.reached(this, "at a node before " + step));
        try {
            return method.invoke(hypervisor, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        } finally {
            place.filter(step -> !process.isOver()).ifPresent(step -> cloud.reached(this, "at a node after " + step));
        }
    }

    private final class Disk implements SimulatedDisk.Condition {
        @Override
        public boolean isFull() {
            return cloud.weather().fullDisks.contains(name());
        }

        @Override
        public boolean flushes() {
            if (world.chance(cloud.weather().slowJournals)) {
                world.tell("flushes its journal slowly");
                world.rest(world.between(100, 4_000));
            } else {
                world.pass("flushes its journal");
            }
            return cloud.bug().flushes();
        }

        @Override
        public int cut(int bytes) {
            // What is never flushed is all lost: a bug is to be found by its scenario and not by luck.
            return cloud.bug().flushes() ? world.random().nextInt(bytes + 1) : 0;
        }
    }
}
