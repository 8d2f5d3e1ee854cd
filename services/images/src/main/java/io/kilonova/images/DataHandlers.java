package io.kilonova.images;

import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Answers for images' bytes: sent, staged, imported, read. Bytes are streamed: an image of any size costs one buffer. */
final class DataHandlers {
    private static final String BYTES = "application/octet-stream";
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    private final BuiltInImages images;

    /** Which bytes are asked for: from the first, so many. */
    private record Part(long first, long length) {}

    DataHandlers(BuiltInImages images) {
        this.images = images;
    }

    Answer upload(Request request) {
        Image image = uploadable(request);
        images.uploads().store(request.caller().visibility(), image.id(), request.stream());
        return Answer.empty();
    }

    Answer stage(Request request) {
        Image image = uploadable(request);
        images.uploads().stage(request.caller().visibility(), image.id(), request.stream());
        return Answer.empty();
    }

    private Image uploadable(Request request) {
        Image image = ImageHandlers.permitted(images, request, ImagePolicies.UPLOAD);
        String type = request.header("Content-Type").orElse(BYTES);
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase(BYTES)) {
            throw ImageError.UPLOAD_TYPE_UNSUPPORTED.with();
        }
        long declared =
                request.header("Content-Length").map(DataHandlers::number).orElse(0L);
        if (declared > images.options().maximumImageBytes()) {
            throw ImageError.IMAGE_TOO_LARGE.with(images.options().maximumImageBytes());
        }
        if (declared
                > images.options().maximumProjectBytes()
                        - images.usage(image.owner()).bytes()) {
            throw ImageError.QUOTA_EXCEEDED.with(
                    "image_size_total in bytes", images.options().maximumProjectBytes());
        }
        return image;
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    Answer startImport(Request request) {
        JsonNode method = request.body().path("method").path("name");
        if (!method.isString()) {
            throw ImageError.BODY_INVALID.with("The body must name an import method.");
        }
        Image image = ImageHandlers.permitted(images, request, ImagePolicies.UPLOAD);
        if (!method.stringValue().equals("glance-direct")) {
            throw ImageError.IMPORT_METHOD_OFF.with(ImageIds.shown(method.stringValue()));
        }
        images.uploads().importStaged(request.caller().visibility(), image.id());
        return Answer.empty();
    }

    Answer download(Request request) {
        Image image = ImageHandlers.permitted(images, request, ImagePolicies.DOWNLOAD);
        if (image.status() == ImageStatus.DEACTIVATED && !request.caller().isAdmin()) {
            throw ImageError.IMAGE_DEACTIVATED.with(image.id());
        }
        if (image.data().isEmpty()) {
            return Answer.empty().status(204);
        }
        ImageData data = image.data().get();
        Optional<Part> asked = request.header("Range").flatMap(text -> part(text, data.sizeBytes()));
        Part part = asked.orElse(new Part(0, data.sizeBytes()));
        Answer answer = request.method().equals("HEAD")
                ? Answer.stream(BYTES, OptionalLong.of(part.length()), stream -> {})
                : bytes(request, image, part);
        answer = answer.header("Content-MD5", data.md5()).header("Accept-Ranges", "bytes");
        return asked.isEmpty()
                ? answer
                : answer.status(206)
                        .header(
                                "Content-Range",
                                "bytes %d-%d/%d"
                                        .formatted(part.first(), part.first() + part.length() - 1, data.sizeBytes()));
    }

    private Answer bytes(Request request, Image image, Part part) {
        // Opened before the answer begins: from here on a deletion does not touch it.
        FileChannel channel = images.channel(request.caller().visibility(), image.id());
        return Answer.stream(BYTES, OptionalLong.of(part.length()), stream -> {
            try (channel) {
                copy(channel, part, stream);
            }
        });
    }

    private static void copy(FileChannel channel, Part part, OutputStream stream) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long position = part.first();
        long end = part.first() + part.length();
        while (position < end) {
            int count =
                    channel.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, end - position)), position);
            if (count < 0) {
                throw new IOException("the image's file is shorter than its row says");
            }
            stream.write(buffer, 0, count);
            position += count;
        }
    }

    /** One range (RFC 9110, 14.2); what is no single range of bytes is left unheeded, as the RFC allows. */
    private static Optional<Part> part(String text, long size) {
        Matcher matcher = RANGE.matcher(text.strip());
        if (!matcher.matches() || matcher.group(1).isEmpty() && matcher.group(2).isEmpty()) {
            return Optional.empty();
        }
        long first;
        long last = size - 1;
        if (matcher.group(1).isEmpty()) {
            first = Math.max(0, size - Long.parseLong(matcher.group(2)));
        } else {
            first = Long.parseLong(matcher.group(1));
            if (!matcher.group(2).isEmpty()) {
                long asked = Long.parseLong(matcher.group(2));
                if (asked < first) {
                    return Optional.empty();
                }
                last = Math.min(last, asked);
            }
        }
        if (first > last) {
            throw ImageError.RANGE_UNSATISFIABLE.with(size);
        }
        return Optional.of(new Part(first, last - first + 1));
    }
}
