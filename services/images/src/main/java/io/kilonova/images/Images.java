package io.kilonova.images;

import io.kilonova.access.Visibility;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Images, as compute needs them. Each call says on whose behalf it is: another project's private image is not found.
 *
 * <p>Failures are {@link ImageError}s.
 */
public interface Images {
    /** The image of this id, when {@code visibility} sees it. */
    Optional<Image> find(Visibility visibility, String id);

    /** A page of images. */
    List<Image> list(Visibility visibility, ImageQuery query);

    /**
     * The stored bytes of an image, to its end even when it is deleted meanwhile. The caller closes the stream.
     *
     * @throws io.kilonova.errors.ServiceException {@link ImageError#IMAGE_NOT_FOUND}, {@link ImageError#WRONG_STATUS} when
     *     it has no bytes, {@link ImageError#IMAGE_DEACTIVATED} unless {@code visibility} is everything
     */
    InputStream open(Visibility visibility, String id);

    /** A new image without bytes, for a snapshot whose id is told before its bytes are there. */
    Image create(ImageAttributes attributes);

    /**
     * Gives a queued image its bytes, all of {@code bytes}; returns when they are checked and on disk. When this fails the
     * image is queued again and nothing is kept.
     *
     * @throws io.kilonova.errors.ServiceException {@link ImageError#CONTENT_REFUSED}, {@link ImageError#IMAGE_TOO_LARGE},
     *     {@link ImageError#QUOTA_EXCEEDED}, {@link ImageError#STORE_FULL}, {@link ImageError#UPLOAD_INTERRUPTED},
     *     {@link ImageError#IMAGE_GONE}
     */
    Image store(Visibility visibility, String id, InputStream bytes);

    /**
     * Deletes an image with its bytes; what reads them reads on.
     *
     * @throws io.kilonova.errors.ServiceException {@link ImageError#IMAGE_NOT_FOUND}, {@link ImageError#NOT_OWNER},
     *     {@link ImageError#IMAGE_GUARDED}
     */
    void delete(Visibility visibility, String id);
}
