package io.kilonova.simulation;

/**
 * What strikes a cloud once, at a known place: where {@link Weather} is chance, this is intent.
 *
 * @param kind what happens
 * @param place where, as the simulation tells of it
 */
record Blow(Kind kind, String place) {
    /** What may strike, and where it can. */
    enum Kind {
        /** The controller ends just there. */
        KILLED_CONTROLLER("(before|after) "),
        /** The controller stands still there, and goes on when another has taken its work over and done the step. */
        SUSPENDED_CONTROLLER("(before|after) "),
        /** The same, and goes on when another has undone the step, or after a minute. */
        OVERSLEPT_CONTROLLER("(before|after) "),
        /** The agent of the node that works for the step ends there. */
        KILLED_AGENT("at a node "),
        /** The node that works for the step loses its power, for half a minute. */
        POWER_CUT("at a node "),
        /** A command of the step is given up by its controller, and arrives within a minute. */
        DELAYED_COMMAND("on the way "),
        /**
         * A controller stands still just as it sends a command of the step, until another one has undone the step and the host has
         * lost its power and come back; or for three minutes.
         */
        HELD_COMMAND("on the way ");

        private final String places;

        Kind(String places) {
            this.places = places;
        }

        boolean strikesAt(String place) {
            return place.matches(places + ".*");
        }
    }
}
