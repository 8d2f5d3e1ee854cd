package io.kilonova.configuration;

import java.util.ArrayList;
import java.util.List;

/**
 * What an option is set to, as text, and where that was written.
 *
 * @param texts one, or more where the key was written again
 * @param place {@code file:line}, {@code environment KILONOVA_…} or {@code default}
 */
record Setting(List<String> texts, String place) {
    static final String DEFAULT_PLACE = "default";

    boolean isDefault() {
        return place.equals(DEFAULT_PLACE);
    }

    Setting and(String text, String newPlace) {
        List<String> more = new ArrayList<>(texts);
        more.add(text);
        return new Setting(List.copyOf(more), newPlace);
    }
}
