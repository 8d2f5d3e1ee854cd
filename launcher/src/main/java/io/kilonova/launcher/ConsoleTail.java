package io.kilonova.launcher;

/**
 * Turns the repeated end of a console log into what is new in it. The service answers the last part of the log, so an
 * answer begins with what was answered before, or, once the log is longer than that part, somewhere within it.
 */
final class ConsoleTail {
    /** Long enough that boot messages do not repeat it by chance. */
    private static final int ANCHOR_LENGTH = 512;

    private String seen = "";
    private String unfinished = "";

    /** The whole lines that {@code log} has beyond what was given before; the rest of a line waits for its end. */
    String newLines(String log) {
        String fresh = unfinished + beyondSeen(log);
        seen = log;
        int end = fresh.lastIndexOf('\n') + 1;
        unfinished = fresh.substring(end);
        return fresh.substring(0, end);
    }

    private String beyondSeen(String log) {
        if (log.startsWith(seen)) {
            return log.substring(seen.length());
        }
        String anchor = seen.substring(Math.max(0, seen.length() - ANCHOR_LENGTH));
        int at = log.lastIndexOf(anchor);
        return at < 0 ? log : log.substring(at + anchor.length());
    }
}
