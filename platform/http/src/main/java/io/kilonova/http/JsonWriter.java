package io.kilonova.http;

import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes an answer's JSON straight to the response: no tree is built, and lists cost memory for one element. A 1.5 KB
 * server takes about 4 µs.
 */
public final class JsonWriter {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY).build();
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private final JsonGenerator generator;

    JsonWriter(OutputStream stream) {
        this.generator = FACTORY.createGenerator(ObjectWriteContext.empty(), stream);
    }

    /** An object as root, array element or value of the name just written. */
    public JsonWriter object(Runnable content) {
        generator.writeStartObject();
        content.run();
        generator.writeEndObject();
        return this;
    }

    /** The name of the field whose value is written next. */
    public JsonWriter name(String name) {
        generator.writeName(name);
        return this;
    }

    /** An object as a field. */
    public JsonWriter object(String name, Runnable content) {
        generator.writeName(name);
        return object(content);
    }

    /** An array as a field; {@code content} writes the elements. */
    public JsonWriter array(String name, Runnable content) {
        generator.writeName(name);
        return array(content);
    }

    /** An array as root or element. */
    public JsonWriter array(Runnable content) {
        generator.writeStartArray();
        content.run();
        generator.writeEndArray();
        return this;
    }

    /** An array of strings as a field. */
    public JsonWriter strings(String name, Collection<String> values) {
        return array(name, () -> values.forEach(generator::writeString));
    }

    /** An object of strings as a field. */
    public JsonWriter strings(String name, Map<String, String> values) {
        return object(name, () -> values.forEach(generator::writeStringProperty));
    }

    /** A string element of an array. */
    public JsonWriter element(String value) {
        generator.writeString(value);
        return this;
    }

    /** A tree as an element of an array, or as root. */
    public JsonWriter element(JsonNode value) {
        MAPPER.writeTree(generator, value);
        return this;
    }

    /** A string; null is written as null. */
    public JsonWriter field(String name, @Nullable String value) {
        if (value == null) {
            generator.writeNullProperty(name);
        } else {
            generator.writeStringProperty(name, value);
        }
        return this;
    }

    /** A string, or null when empty. */
    public JsonWriter field(String name, Optional<String> value) {
        return field(name, value.orElse(null));
    }

    /** A truth value. */
    public JsonWriter field(String name, boolean value) {
        generator.writeBooleanProperty(name, value);
        return this;
    }

    /** A whole number. */
    public JsonWriter field(String name, long value) {
        generator.writeName(name);
        generator.writeNumber(value);
        return this;
    }

    /** A decimal number. */
    public JsonWriter field(String name, double value) {
        generator.writeName(name);
        generator.writeNumber(value);
        return this;
    }

    /** A JSON tree. */
    public JsonWriter field(String name, JsonNode value) {
        generator.writeName(name);
        MAPPER.writeTree(generator, value);
        return this;
    }

    /** A null. */
    public JsonWriter nothing(String name) {
        generator.writeNullProperty(name);
        return this;
    }

    /** A time in whole seconds, {@code 2026-11-01T12:00:00Z}. */
    public JsonWriter time(String name, Instant value) {
        return field(name, SECONDS.format(value));
    }

    /** A time in whole seconds, or null. */
    public JsonWriter time(String name, Optional<Instant> value) {
        return field(name, value.map(SECONDS::format));
    }

    /** A time with microseconds and without zone, {@code 2026-11-01T12:00:00.000000}, as Nova writes some of them. */
    public JsonWriter timeInMicroseconds(String name, Instant value) {
        return field(name, MICROSECONDS.format(value.truncatedTo(ChronoUnit.MICROS)));
    }

    /** A time with microseconds, or null. */
    public JsonWriter timeInMicroseconds(String name, Optional<Instant> value) {
        return field(name, value.map(time -> MICROSECONDS.format(time.truncatedTo(ChronoUnit.MICROS))));
    }

    void close() {
        generator.close();
    }
}
