package io.kilonova.spi;

/** Where a long command tells how far it is. */
public interface Progress {
    /** A sentence for people, and how much is done, 0 to 100. */
    void report(String sentence, int percent);

    /** Tells nobody. */
    static Progress silent() {
        return (sentence, percent) -> {};
    }
}
