package io.kilonova.images;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an owner says of an image.
 *
 * @param owner the project that owns it
 * @param name need not be unique; at most 255 characters
 * @param visibility who may see it
 * @param diskFormat needed before bytes are
 * @param containerFormat needed before bytes are
 * @param minimumDiskGibibytes the smallest root disk that it can boot from, in GiB
 * @param minimumMemoryMebibytes the least memory that it can boot with, in MiB
 * @param guarded whether deleting it is refused ({@code protected})
 * @param hidden whether lists leave it out ({@code os_hidden})
 * @param properties what else is said of it
 * @param tags words to find it by
 */
public record ImageAttributes(
        String owner,
        Optional<String> name,
        ImageVisibility visibility,
        Optional<DiskFormat> diskFormat,
        Optional<ContainerFormat> containerFormat,
        long minimumDiskGibibytes,
        long minimumMemoryMebibytes,
        boolean guarded,
        boolean hidden,
        SortedMap<String, String> properties,
        SortedSet<String> tags) {

    /** Keeps copies that nobody changes. */
    public ImageAttributes {
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    /** An image of {@code owner} of which nothing else is said: shared with nobody yet, as the Image API's default is. */
    public static ImageAttributes of(String owner) {
        return new ImageAttributes(
                owner,
                Optional.empty(),
                ImageVisibility.SHARED,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                false,
                false,
                new TreeMap<>(),
                new TreeSet<>());
    }

    /** The attributes of a server's snapshot: private, and ready to take bytes of {@code format}. */
    public static ImageAttributes ofSnapshot(
            String owner, String name, DiskFormat format, long minimumDiskGibibytes, Map<String, String> properties) {
        return new ImageAttributes(
                owner,
                Optional.of(name),
                ImageVisibility.PRIVATE,
                Optional.of(format),
                Optional.of(ContainerFormat.BARE),
                minimumDiskGibibytes,
                0,
                false,
                false,
                new TreeMap<>(properties),
                new TreeSet<>());
    }
}
