package io.kilonova.images;

/** What a look at an image's bytes came to. */
sealed interface FormatVerdict {
    /** They are of the recorded format, and of the part of it that is admitted. */
    record Admitted(long virtualSizeBytes) implements FormatVerdict {}

    /** They are not; {@code reason} is a sentence for the owner. */
    record Refused(String reason) implements FormatVerdict {}

    /** A refusal, to leave a parser with. */
    final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Leaves a parser unless {@code holds}. */
    static void require(boolean holds, String reason) throws Refusal {
        if (!holds) {
            throw new Refusal(reason);
        }
    }
}
