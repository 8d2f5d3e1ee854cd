package io.kilonova.consistency;

import io.kilonova.storage.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Looks for the file of each image that can be booted. A file goes after its row: one that is missing is asked for again by its row. */
record ImageInspection(Database database, Path folder) implements Inspection {
    private static final String ACTIVE = "images WHERE status IN ('active', 'deactivated')";

    private record Image(String id, String file) {}

    @Override
    public Optional<String> inspect(String after, BiConsumer<String, String> breaches) {
        List<Image> images = new ArrayList<>();
        Optional<String> last = database.read(sql -> {
            Optional<String> bound = TableInspection.last(sql, ACTIVE, "id", after);
            bound.ifPresent(upTo -> sql.fetch(
                            "SELECT id, coalesce(file_name, '') FROM " + ACTIVE + " AND id > ? AND id <= ?",
                            after,
                            upTo)
                    .forEach(row -> images.add(new Image(row.get(0, String.class), row.get(1, String.class)))));
            return bound;
        });
        for (Image image : images) {
            if (isMissing(image) && stillNamed(image)) {
                breaches.accept(image.id(), "its file \"%s\" is not there".formatted(image.file()));
            }
        }
        return last;
    }

    private boolean isMissing(Image image) {
        return image.file().isEmpty() || !Files.isRegularFile(folder.resolve(image.file()));
    }

    private boolean stillNamed(Image image) {
        return database.read(sql -> !sql.fetch(
                        "SELECT id FROM " + ACTIVE + " AND id = ? AND coalesce(file_name, '') = ?",
                        image.id(),
                        image.file())
                .isEmpty());
    }
}
