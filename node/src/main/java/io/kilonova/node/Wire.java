package io.kilonova.node;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationProgress;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** What controllers and nodes say to each other has one form: records as JSON, in one version of the protocol. */
final class Wire {
    /** The version of the protocol. Fields may be added within one; anything else makes another. */
    static final int PROTOCOL = 1;

    /** The header of each request that says which version its sender speaks. */
    static final String PROTOCOL_HEADER = "Kilonova-Protocol";

    /** Unlike a name that is missing, one that is unknown is passed over: a newer sender may say more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    /** One for each kind of message, each ready: looking up how a kind is read takes longer than reading a small one. */
    private static final ClassValue<ObjectReader> READERS = new ClassValue<>() {
        @Override
        protected ObjectReader computeValue(Class<?> type) {
            return JSON.readerFor(type);
        }
    };

    private Wire() {}

    /** Nothing asked, nothing answered. */
    record Nothing() {}

    /**
     * A failure on its way.
     *
     * @param code its name in the vocabulary
     * @param sentence with its places filled
     */
    record Refusal(String code, String sentence) {
        static Refusal of(ServiceException failure) {
            return new Refusal(failure.code().name(), failure.sentence());
        }

        /** The failure again; one that this side does not know is a refusal in words. */
        ServiceException toException() {
            return Stream.<ErrorCode>concat(Arrays.stream(HypervisorError.values()), Arrays.stream(NodeError.values()))
                    .filter(known -> known.name().equals(code))
                    .findFirst()
                    .map(known -> known.told(sentence))
                    .orElseGet(() -> NodeError.REFUSED.told(sentence));
        }
    }

    /**
     * How far a command is.
     *
     * @param sentence for people
     * @param percent 0 to 100
     */
    record Told(String sentence, int percent) {}

    /** One line of the answer to a command: how far it is, how far a move is, or its end: an answer or a refusal. */
    record Line(
            Optional<Told> told,
            Optional<LiveMigrationProgress> moved,
            Optional<JsonNode> answer,
            Optional<Refusal> refusal) {
        /** JSON's null is no answer, also where a tree could be one. */
        Line {
            answer = answer.filter(given -> !given.isNull());
        }

        static Line of(Told told) {
            return new Line(Optional.of(told), Optional.empty(), Optional.empty(), Optional.empty());
        }

        static Line of(LiveMigrationProgress moved) {
            return new Line(Optional.empty(), Optional.of(moved), Optional.empty(), Optional.empty());
        }

        static Line of(JsonNode answer) {
            return new Line(Optional.empty(), Optional.empty(), Optional.of(answer), Optional.empty());
        }

        static Line of(Refusal refusal) {
            return new Line(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(refusal));
        }
    }

    static byte[] write(Object message) {
        return JSON.writeValueAsBytes(message);
    }

    static JsonNode tree(Object message) {
        return JSON.valueToTree(message);
    }

    /** Throws {@link NodeError#MESSAGE_UNREADABLE}. */
    static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return READERS.get(type).readValue(bytes);
        } catch (JacksonException unreadable) {
            throw NodeError.MESSAGE_UNREADABLE.because(unreadable, unreadable.getOriginalMessage());
        }
    }

    /** Throws {@link NodeError#MESSAGE_UNREADABLE}. */
    static <T> T read(JsonNode tree, Class<T> type) {
        try {
            return JSON.treeToValue(tree, type);
        } catch (JacksonException unreadable) {
            throw NodeError.MESSAGE_UNREADABLE.because(unreadable, unreadable.getOriginalMessage());
        }
    }
}
