package io.kilonova.images;

import java.util.regex.Pattern;

/** The ids that images have: UUIDs. What is none names no image and no file. */
final class ImageIds {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int SHOWN_CHARACTERS = 64;

    private ImageIds() {}

    /** Whether an image can have this id. */
    static boolean isPossible(String id) {
        return id.length() == 36 && UUID.matcher(id).matches();
    }

    /** What a message says of a text that a caller sent: its beginning. */
    static String shown(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
