package io.kilonova.ovn;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong between this program and OVN, Open vSwitch or the host's network. */
public enum OvnError implements ErrorCode {
    /** The socket does not accept, or the connection ended before the answer: whether the call was done is unknown. */
    OVSDB_UNREACHABLE(Owner.DEPENDENCY, 503, "The network database at %s cannot be reached."),
    /** The server is connected but did not answer in time. */
    OVSDB_DEADLINE(Owner.DEPENDENCY, 504, "The network database at %s did not answer within %d ms."),
    /** Something that is no JSON-RPC message, or one above the bound. */
    OVSDB_PROTOCOL(Owner.DEPENDENCY, 502, "The network database at %s sent a message that cannot be read: %s."),
    /** A transaction was aborted for a reason that trying again does not change. */
    OVSDB_REFUSED(Owner.US, 500, "The network database refused the change: %s."),
    /** A {@code wait} of the transaction did not hold, or a row with that identity came meanwhile. Read again and retry. */
    OVSDB_CHANGED(Owner.DEPENDENCY, 409, "The network database was changed by someone else meanwhile: %s."),
    /** A row has one of our names and was not made by us. */
    NAME_TAKEN(Owner.DEPENDENCY, 409, "The network database has a row of that name which is not ours: %s."),
    /** What this refers to is not in the northbound database. */
    REFERENCE_MISSING(Owner.CALLER, 409, "%s needs %s, which is not in the network database."),
    /** A value cannot be written into the databases. */
    VALUE_INVALID(Owner.CALLER, 400, "%s is not valid: '%s'."),
    /** A port was not taken by a chassis in time. */
    PORT_NOT_UP(Owner.DEPENDENCY, 504, "The network port %s was not connected within %d ms."),
    /** The switches did not confirm in time. */
    SWITCH_BEHIND(Owner.DEPENDENCY, 504, "The switches did not take over the change within %d ms."),
    /** A program is not installed. */
    PROGRAM_MISSING(
            Owner.DEPENDENCY,
            503,
            "The program %s is not installed; it is part of ovn-central, ovn-host and openvswitch-switch."),
    /** A daemon did not start or does not answer. */
    DAEMON_FAILED(Owner.DEPENDENCY, 503, "The daemon %s does not run: %s."),
    /** A command of the host's failed. */
    HOST_COMMAND_FAILED(Owner.DEPENDENCY, 500, "The host's command '%s' failed: %s."),
    /** The network namespace cannot be entered, or the socket not opened there. */
    NAMESPACE_UNUSABLE(Owner.DEPENDENCY, 500, "The network namespace %s cannot be used: %s.");

    private final Meaning meaning;

    OvnError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
