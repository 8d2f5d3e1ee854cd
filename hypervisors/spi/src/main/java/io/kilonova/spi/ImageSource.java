package io.kilonova.spi;

import java.io.InputStream;

/** Where a host reads image files from. */
public interface ImageSource {
    /** The stored file of an image. The caller closes it. */
    InputStream open(ImageReference image);
}
