package io.kilonova.launcher;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can stop a command. */
public enum LauncherError implements ErrorCode {
    STATE_IN_USE(
            Owner.CALLER,
            409,
            "The state directory %s is in use by process %s. Stop that one, or name another directory with --state."),
    STATE_UNUSABLE(Owner.CALLER, 400, "The state directory %s cannot be used: %s"),
    INSTANCES_UNUSABLE(Owner.CALLER, 400, "The folder of the guests' disks %s cannot be used: %s"),
    INSTANCES_UNREACHABLE(
            Owner.CALLER,
            400,
            "QEMU's user cannot come to %s through %s: chmod o+x %s, or name another folder with [DEFAULT] instances_path."),
    ADDRESS_UNUSABLE(
            Owner.CALLER, 409, "Nothing can listen at %s: %s. Name another address with --listen or --cluster-listen."),
    CLUSTER_NEEDS_POSTGRESQL(
            Owner.CALLER,
            400,
            "Controllers share a PostgreSQL: name it in [database] connection, postgresql://USER@HOST:PORT/DATABASE."),
    NOT_IN_THE_SCRIPT(
            Owner.CALLER, 400, "\"%s\" is done by the script ./kilonova in the source folder; run it from there."),
    FILE_EXISTS(Owner.CALLER, 409, "%s is there already. Name another file."),
    FILE_UNREADABLE(Owner.CALLER, 400, "%s cannot be read: %s"),
    CLOUD_UNREACHABLE(Owner.DEPENDENCY, 503, "The cloud at %s does not answer: %s"),
    API_REFUSED(Owner.DEPENDENCY, 502, "%s %s was answered %d: %s"),
    NO_SUCH_SERVICE(Owner.DEPENDENCY, 502, "The cloud's catalog has no service of type %s."),
    SERVER_FAILED(Owner.DEPENDENCY, 500, "The server went to status %s: %s"),
    TOOK_TOO_LONG(Owner.DEPENDENCY, 504, "%s took longer than %d seconds.");

    private final Meaning meaning;

    LauncherError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
