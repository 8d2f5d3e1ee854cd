package io.kilonova.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** libvirt's lists of named values, each {@code char field[80]; int type; union value}, 96 bytes. */
final class TypedParameters {
    static final int ENTRY_BYTES = 96;
    private static final int TYPE_AT = 80;
    private static final int VALUE_AT = 88;
    private static final int TYPE_INT = 1;
    private static final int TYPE_UNSIGNED_INT = 2;
    private static final int TYPE_LONG = 3;
    private static final int TYPE_UNSIGNED_LONG = 4;
    private static final int TYPE_STRING = 7;

    private TypedParameters() {}

    /** A list of words. */
    static MemorySegment of(Arena arena, Map<String, String> words) {
        MemorySegment list = arena.allocate((long) ENTRY_BYTES * words.size(), 8);
        long at = 0;
        for (Map.Entry<String, String> word : words.entrySet()) {
            list.setString(at, word.getKey());
            list.set(JAVA_INT, at + TYPE_AT, TYPE_STRING);
            list.set(ADDRESS, at + VALUE_AT, arena.allocateFrom(word.getValue()));
            at += ENTRY_BYTES;
        }
        return list;
    }

    /** The whole numbers in a list that libvirt made. */
    static Map<String, Long> numbers(MemorySegment list, int count) {
        MemorySegment entries = list.reinterpret((long) ENTRY_BYTES * count);
        Map<String, Long> numbers = new HashMap<>();
        for (int entry = 0; entry < count; entry++) {
            long at = (long) entry * ENTRY_BYTES;
            switch (entries.get(JAVA_INT, at + TYPE_AT)) {
                case TYPE_INT, TYPE_UNSIGNED_INT ->
                    numbers.put(entries.getString(at), (long) entries.get(JAVA_INT, at + VALUE_AT));
                case TYPE_LONG, TYPE_UNSIGNED_LONG ->
                    numbers.put(entries.getString(at), entries.get(JAVA_LONG, at + VALUE_AT));
                default -> {} // Words and fractions say nothing of how far a job is.
            }
        }
        return numbers;
    }
}
