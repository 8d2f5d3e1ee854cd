package io.kilonova.operations;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How states and failures are written down. An unknown field is ignored, a missing one is null, zero or false. */
final class StateCodec {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private StateCodec() {}

    static String write(Record value) {
        return MAPPER.writeValueAsString(value);
    }

    static <T extends Record> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }
}
