package io.kilonova.node;

import java.util.List;

/** Who a node is to controllers, and where it finds them. */
interface NodePlace {
    /** Its id. */
    String id();

    /** What it is called. */
    String label();

    /** Where controllers listened last. */
    List<String> controllers();

    /** Remembers where controllers listen, through the next start too. */
    void remember(List<String> controllers);
}
