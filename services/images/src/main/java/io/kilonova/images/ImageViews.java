package io.kilonova.images;

import io.kilonova.http.JsonWriter;
import java.util.List;
import java.util.Optional;

/** Writes images and members as the Image API v2 has them. */
final class ImageViews {
    private ImageViews() {}

    /** One image; the object is opened and closed here. */
    static void image(JsonWriter json, Image image) {
        ImageAttributes attributes = image.attributes();
        String self = "/v2/images/" + image.id();
        json.object(() -> {
            // Properties first: none has a name of those below, and if one had, the last one counts.
            attributes.properties().forEach(json::field);
            json.field("id", image.id())
                    .field("name", attributes.name())
                    .field("owner", attributes.owner())
                    .field("status", image.status().label())
                    .field("visibility", attributes.visibility().label())
                    .field("protected", attributes.guarded())
                    .field("os_hidden", attributes.hidden())
                    .field("disk_format", attributes.diskFormat().map(DiskFormat::label))
                    .field("container_format", attributes.containerFormat().map(ContainerFormat::label))
                    .field("min_disk", attributes.minimumDiskGibibytes())
                    .field("min_ram", attributes.minimumMemoryMebibytes())
                    .field("checksum", image.data().map(ImageData::md5))
                    .field("os_hash_algo", image.data().map(data -> "sha512"))
                    .field("os_hash_value", image.data().map(ImageData::sha512));
            number(json, "size", image.data().map(ImageData::sizeBytes));
            number(json, "virtual_size", image.data().map(ImageData::virtualSizeBytes));
            json.strings("tags", attributes.tags())
                    .time("created_at", image.createdAt())
                    .time("updated_at", image.updatedAt())
                    .field("self", self)
                    .field("file", self + "/file")
                    .field("schema", "/v2/schemas/image");
        });
    }

    private static void number(JsonWriter json, String name, Optional<Long> value) {
        if (value.isPresent()) {
            json.field(name, value.get().longValue());
        } else {
            json.nothing(name);
        }
    }

    /** One member. */
    static void member(JsonWriter json, ImageMember member) {
        json.object(() -> json.field("image_id", member.imageId())
                .field("member_id", member.memberId())
                .field("status", member.status().label())
                .time("created_at", member.createdAt())
                .time("updated_at", member.updatedAt())
                .field("schema", "/v2/schemas/member"));
    }

    /** All members of an image. */
    static void members(JsonWriter json, List<ImageMember> members) {
        json.object(() -> json.array("members", () -> members.forEach(member -> member(json, member)))
                .field("schema", "/v2/schemas/members"));
    }
}
