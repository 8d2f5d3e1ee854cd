package io.kilonova.storage;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong between a program and its database. Each sentence says what an operator does next. */
public enum StorageError implements ErrorCode {
    /** More transactions wait than the queue holds, or one could not begin within its time. */
    DATABASE_BUSY(Owner.CAPACITY, 503, "The database is busy: %s Try again in a moment."),
    /** The disk of the database has no room. Nothing of the refused transaction is kept. */
    DATABASE_FULL(
            Owner.CAPACITY,
            507,
            "The disk of the database is full. The change was not saved; free space where %s is, then try again."),
    /** The file, its folder or the server does not let this program write. */
    DATABASE_READ_ONLY(
            Owner.DEPENDENCY,
            503,
            "The database %s cannot be written. Check its permissions and that it is not a standby."),
    /** No connection. The change was certainly not saved. */
    DATABASE_UNREACHABLE(
            Owner.DEPENDENCY, 503, "The database %s does not answer. The change was not saved; try again later."),
    /** The connection broke during the commit itself, so nobody knows whether the change was saved. */
    COMMIT_UNCERTAIN(
            Owner.DEPENDENCY,
            503,
            "The database %s broke off while the change was being saved. Look whether it was saved before trying again."),
    /** The operating system could not read or write. */
    DATABASE_IO_FAILED(
            Owner.DEPENDENCY,
            503,
            "The disk of the database %s fails: it could not be read or written. Check the disk."),
    /** The file is no database, or a damaged one. */
    DATABASE_DAMAGED(
            Owner.DEPENDENCY, 503, "The database %s is damaged or is no database. Restore it from its last backup."),
    /** The schema could not be brought up to date. */
    MIGRATION_FAILED(Owner.DEPENDENCY, 503, "The tables of the database %s could not be brought up to date: %s"),
    /** Who only looks found tables that this release does not know. */
    DATABASE_BEHIND(
            Owner.CALLER,
            503,
            "The tables of the database %s are those of an older release. Start this release once, or use the older one's program."),
    /** A newer release took away what this one needs. */
    PROGRAM_TOO_OLD(
            Owner.CALLER,
            503,
            "The database %s belongs to a newer release, which has taken away what this one needs (%s)."
                    + " Start the newer release."),
    /** Two transactions stood in each other's way more often than is tried again. */
    CONFLICT_PERSISTS(Owner.CAPACITY, 503, "The change met others on the same rows %d times. Try again in a moment."),
    /** A text holds a character that a database cannot keep. */
    TEXT_NOT_STORABLE(
            Owner.CALLER,
            400,
            "A text holds a character that cannot be stored, such as U+0000. Remove it and try again."),
    /** The database was closed before or while the transaction waited. */
    DATABASE_CLOSED(Owner.DEPENDENCY, 503, "The database is closed because the program is stopping. Try again later."),
    /** A file with the rows of a database could not be written or read; of one that was read in part nothing is kept. */
    ARCHIVE_FAILED(Owner.CALLER, 400, "The archive %s cannot be used: %s"),
    /** The archive's tables were made by another release. */
    ARCHIVE_OF_OTHER_TABLES(
            Owner.CALLER,
            409,
            "The archive was written by another release. Import it with that release, which brings the tables up to date later."),
    /** Rows would be overwritten. */
    DATABASE_IN_USE(Owner.CALLER, 409, "The database is in use already. Name an empty one in [database] connection."),
    /** A transaction was asked for inside another one. */
    NESTED_TRANSACTION(
            Owner.US, 500, "A transaction was begun inside another one. Hand the outer transaction down instead."),
    /** What {@link FixedStatement#requireLater} looked for; its caller knows what that means. */
    ROW_NOT_FOUND(Owner.US, 500, "A row that has to be there is not, or is not as it has to be. Nothing was changed."),
    /** The body of a read tried to write. */
    WRITE_IN_READ(Owner.US, 500, "A read tried to change the database. Use write or change for that.");

    private final Meaning meaning;

    StorageError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
