package io.kilonova.node;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose connection ends with it. */
final class OwningStream extends FilterInputStream {
    private final PeerWay client;

    OwningStream(InputStream stream, PeerWay client) {
        super(stream);
        this.client = client;
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } finally {
            client.close();
        }
    }
}
