package io.kilonova.simulation;

import io.kilonova.fake.FakeHypervisor;
import io.kilonova.node.SimulatedNode;
import java.util.Optional;
import java.util.function.BiFunction;

/** A host, and in a cluster the agent on it: that may end and start anew while guests run on, or lose its power with them. */
final class SimulatedHost {
    private final World world;
    private final FakeHypervisor hypervisor;
    private Life process = new Life();
    private Optional<SimulatedNode> agent;

    /** A host with an agent, or one whose controller is in the same process. */
    SimulatedHost(World world, FakeHypervisor hypervisor, boolean hasAgent) {
        this.world = world;
        this.hypervisor = hypervisor;
        this.agent = hasAgent
                ? Optional.of(new SimulatedNode(hypervisor.host(), threads(), world::await))
                : Optional.empty();
    }

    /** How the present process of the agent starts its threads. */
    private BiFunction<String, Runnable, Thread> threads() {
        Life life = process;
        return (name, work) -> world.fork(name() + "/command", life, work);
    }

    String name() {
        return hypervisor.host();
    }

    FakeHypervisor hypervisor() {
        return hypervisor;
    }

    /** The present process of the agent, be it at its end. */
    Optional<SimulatedNode> agent() {
        return agent;
    }

    /** Whether somebody is there to answer. */
    boolean answers() {
        return hypervisor.hasPower() && !process.isOver();
    }

    /** The agent ends between two instructions, and its supervisor starts it again; what it wrote down is there. */
    void killAgent() {
        if (agent.isPresent() && !process.isOver()) {
            endAgent();
            world.start("supervisor", new Life(), () -> {
                world.rest(world.between(100, 5_000));
                startAgent();
            });
        }
    }

    void losePower() {
        world.tell(name() + " loses its power");
        hypervisor.losePower();
        agent.ifPresent(ends -> endAgent());
    }

    void regainPower() {
        hypervisor.regainPower();
        startAgent();
    }

    private void endAgent() {
        world.tell("the agent of %s ends".formatted(name()));
        process.end();
        agent.ifPresent(SimulatedNode::end);
    }

    private void startAgent() {
        if (process.isOver() && hypervisor.hasPower()) {
            process = new Life();
            agent = agent.map(ended -> ended.next(threads()));
        }
    }
}
