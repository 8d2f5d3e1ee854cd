package io.kilonova.images;

import java.nio.file.Path;

/**
 * Where images are kept and how much may be kept. The numbers are bounds: what is larger is refused, never cut.
 *
 * @param folder the files' folder, made when it is not there; controllers that share a database share it too
 * @param maximumImageBytes the largest image
 * @param maximumProjectBytes the most that one project's images hold together ({@code image_size_total})
 * @param maximumProjectImages the most images of one project ({@code image_count_total})
 * @param maximumProjectUploads the most images of one project whose bytes are arriving ({@code image_count_uploading})
 * @param maximumProperties the most properties of one image
 * @param maximumTags the most tags of one image
 * @param maximumMembers the most members of one image
 */
public record ImageOptions(
        Path folder,
        long maximumImageBytes,
        long maximumProjectBytes,
        long maximumProjectImages,
        int maximumProjectUploads,
        int maximumProperties,
        int maximumTags,
        int maximumMembers) {
    private static final long TEBIBYTE = 1L << 40;

    /** What suits most clouds: images of 1 TiB, 16 TiB a project, 10,000 images, 32 uploads at once, 128 of the rest. */
    public static ImageOptions in(Path folder) {
        return new ImageOptions(folder, TEBIBYTE, 16 * TEBIBYTE, 10_000, 32, 128, 128, 128);
    }

    /** The same with other bounds of bytes. */
    public ImageOptions withBytes(long imageBytes, long projectBytes) {
        return new ImageOptions(
                folder,
                imageBytes,
                projectBytes,
                maximumProjectImages,
                maximumProjectUploads,
                maximumProperties,
                maximumTags,
                maximumMembers);
    }

    /** The same with other bounds of numbers. */
    public ImageOptions withCounts(long projectImages, int projectUploads) {
        return new ImageOptions(
                folder,
                maximumImageBytes,
                maximumProjectBytes,
                projectImages,
                projectUploads,
                maximumProperties,
                maximumTags,
                maximumMembers);
    }
}
