package io.kilonova.images;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Sets attributes of an image one by one, as the Image API names them, and refuses what cannot be. Every text and every
 * number of texts is bounded.
 */
final class AttributeEditor {
    private static final int TEXT_CHARACTERS = 255;
    private static final int PROPERTY_CHARACTERS = 65_535;
    /** All properties of one image together, so that a page of a list stays small: 64 KiB each, 64 MiB a page at worst. */
    private static final int PROPERTIES_CHARACTERS = 65_536;

    private static final Set<String> READ_ONLY = Set.of(
            "created_at",
            "updated_at",
            "status",
            "checksum",
            "size",
            "virtual_size",
            "direct_url",
            "self",
            "file",
            "schema",
            "id",
            "os_hash_algo",
            "os_hash_value",
            "stores");
    private static final Set<String> RESERVED = Set.of("location", "locations", "deleted", "deleted_at");
    private static final Set<String> BASE = Set.of(
            "name",
            "owner",
            "visibility",
            "disk_format",
            "container_format",
            "min_disk",
            "min_ram",
            "protected",
            "os_hidden",
            "tags");

    private final ImageOptions options;
    private String owner;
    private Optional<String> name;
    private ImageVisibility visibility;
    private Optional<DiskFormat> diskFormat;
    private Optional<ContainerFormat> containerFormat;
    private long minimumDiskGibibytes;
    private long minimumMemoryMebibytes;
    private boolean guarded;
    private boolean hidden;
    private final TreeMap<String, String> properties;
    private SortedSet<String> tags;

    AttributeEditor(ImageAttributes start, ImageOptions options) {
        this.options = options;
        this.owner = start.owner();
        this.name = start.name();
        this.visibility = start.visibility();
        this.diskFormat = start.diskFormat();
        this.containerFormat = start.containerFormat();
        this.minimumDiskGibibytes = start.minimumDiskGibibytes();
        this.minimumMemoryMebibytes = start.minimumMemoryMebibytes();
        this.guarded = start.guarded();
        this.hidden = start.hidden();
        this.properties = new TreeMap<>(start.properties());
        this.tags = start.tags();
    }

    /** Whether an attribute is there: those of every image are, properties when they are set. */
    boolean has(String attribute) {
        return BASE.contains(attribute) || properties.containsKey(attribute);
    }

    /** Refuses attributes that nobody sets. */
    static void requireSettable(String attribute) {
        if (READ_ONLY.contains(attribute)) {
            throw ImageError.ATTRIBUTE_READ_ONLY.with(attribute);
        }
        if (RESERVED.contains(attribute) || attribute.startsWith("os_glance")) {
            throw ImageError.ATTRIBUTE_RESERVED.with(ImageIds.shown(attribute));
        }
    }

    /** Sets an attribute. */
    void set(String attribute, JsonNode value) {
        requireSettable(attribute);
        switch (attribute) {
            case "name" ->
                name = value.isNull() ? Optional.empty() : Optional.of(text(attribute, value, TEXT_CHARACTERS));
            case "owner" -> owner = identifier(attribute, value);
            case "visibility" ->
                visibility = ImageVisibility.of(text(attribute, value, TEXT_CHARACTERS))
                        .orElseThrow(() -> invalid(attribute, "public, private, shared or community"));
            case "disk_format" ->
                diskFormat = value.isNull()
                        ? Optional.empty()
                        : Optional.of(DiskFormat.of(text(attribute, value, TEXT_CHARACTERS))
                                .orElseThrow(() -> invalid(attribute, "raw, qcow2, iso, vmdk, aki, ari or ami")));
            case "container_format" ->
                containerFormat = value.isNull()
                        ? Optional.empty()
                        : Optional.of(ContainerFormat.of(text(attribute, value, TEXT_CHARACTERS))
                                .orElseThrow(() -> invalid(attribute, "bare, ovf, aki, ari or ami")));
            case "min_disk" -> minimumDiskGibibytes = number(attribute, value);
            case "min_ram" -> minimumMemoryMebibytes = number(attribute, value);
            case "protected" -> guarded = flag(attribute, value);
            case "os_hidden" -> hidden = flag(attribute, value);
            case "tags" -> tags = tags(value);
            default -> property(attribute, value);
        }
    }

    /** Removes a property. */
    void remove(String attribute) {
        requireSettable(attribute);
        if (BASE.contains(attribute)) {
            throw ImageError.ATTRIBUTE_STAYS.with(attribute);
        }
        if (properties.remove(attribute) == null) {
            throw ImageError.PROPERTY_MISSING.with(ImageIds.shown(attribute));
        }
    }

    /** Adds or takes tags. */
    AttributeEditor changeTags(Consumer<Set<String>> change) {
        SortedSet<String> changed = new TreeSet<>(tags);
        change.accept(changed);
        tags = changed;
        return this;
    }

    /** What was made of it all. */
    ImageAttributes done() {
        requireCount(tags.size(), options.maximumTags(), "tags");
        requireCount(properties.size(), options.maximumProperties(), "properties");
        int characters = 0;
        for (Map.Entry<String, String> property : properties.entrySet()) {
            characters += property.getKey().length() + property.getValue().length();
        }
        requireCount(characters, PROPERTIES_CHARACTERS, "characters of properties");
        return new ImageAttributes(
                owner,
                name,
                visibility,
                diskFormat,
                containerFormat,
                minimumDiskGibibytes,
                minimumMemoryMebibytes,
                guarded,
                hidden,
                properties,
                tags);
    }

    private static void requireCount(int count, int limit, String what) {
        if (count > limit) {
            throw ImageError.TOO_MANY.with(limit, what);
        }
    }

    /** A tag, as a body or a path names it. */
    static String tag(String text) {
        if (text.isEmpty() || text.length() > TEXT_CHARACTERS || text.indexOf('\0') >= 0) {
            throw ImageError.BODY_INVALID.with("A tag has 1 to %d characters.".formatted(TEXT_CHARACTERS));
        }
        return text;
    }

    private static SortedSet<String> tags(JsonNode value) {
        if (!value.isArray()) {
            throw ImageError.BODY_INVALID.with("tags must be a list of strings.");
        }
        SortedSet<String> tags = new TreeSet<>();
        for (JsonNode each : value) {
            tags.add(tag(text("tags", each, TEXT_CHARACTERS)));
        }
        return tags;
    }

    private void property(String attribute, JsonNode value) {
        if (attribute.isEmpty() || attribute.length() > TEXT_CHARACTERS || attribute.indexOf('\0') >= 0) {
            throw ImageError.BODY_INVALID.with("A property's name has 1 to %d characters.".formatted(TEXT_CHARACTERS));
        }
        if (value.isNull()) {
            // Clients send null for what they do not set.
            properties.remove(attribute);
            return;
        }
        properties.put(attribute, text(attribute, value, PROPERTY_CHARACTERS));
    }

    private static String text(String attribute, JsonNode value, int characters) {
        if (!value.isString()) {
            throw ImageError.BODY_INVALID.with("%s must be a string.".formatted(ImageIds.shown(attribute)));
        }
        String text = value.stringValue();
        if (text.length() > characters || text.indexOf('\0') >= 0) {
            throw ImageError.BODY_INVALID.with("%s must have at most %d characters, none of them U+0000."
                    .formatted(ImageIds.shown(attribute), characters));
        }
        return text;
    }

    /** A project's id. */
    static String identifier(String attribute, JsonNode value) {
        String text = text(attribute, value, TEXT_CHARACTERS);
        if (text.isBlank()) {
            throw ImageError.BODY_INVALID.with("%s must not be empty.".formatted(attribute));
        }
        return text;
    }

    private static long number(String attribute, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw ImageError.BODY_INVALID.with(
                    "%s must be a whole number, 0 to %d.".formatted(attribute, Integer.MAX_VALUE));
        }
        return value.intValue();
    }

    private static boolean flag(String attribute, JsonNode value) {
        if (!value.isBoolean()) {
            throw ImageError.BODY_INVALID.with("%s must be true or false.".formatted(attribute));
        }
        return value.booleanValue();
    }

    private static RuntimeException invalid(String attribute, String allowed) {
        return ImageError.BODY_INVALID.with("%s must be %s.".formatted(attribute, allowed));
    }
}
