package io.kilonova.simulation;

/** What happens to a simulated cloud before all is well again. */
interface Story {
    /** How many controllers the cloud has; with more than one, its hosts are nodes. */
    int controllers(World world);

    /** Has it happen, and returns when it is over. */
    void unfold(Stage stage);
}
