package io.kilonova.consistency;

import io.kilonova.servers.Quotas;
import io.kilonova.servers.Quotas.Usage;
import io.kilonova.storage.Database;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Compares what is written down as used by each project with its servers, {@value #PROJECTS} projects a portion. */
record QuotaInspection(Database database) implements Inspection {
    private static final int PROJECTS = 20;
    private static final Usage NOTHING = new Usage(0, 0, 0);

    @Override
    public Optional<String> inspect(String after, BiConsumer<String, String> breaches) {
        return database.read(sql -> {
            SortedMap<String, Usage> written = Quotas.written(sql, after, PROJECTS);
            // Behind the last project that is written down there may be servers of one that is not.
            Optional<String> last = written.isEmpty() ? Optional.empty() : Optional.of(written.lastKey());
            Map<String, Usage> counted = Quotas.counted(sql, after, last);
            TreeSet<String> projects = new TreeSet<>(written.keySet());
            projects.addAll(counted.keySet());
            for (String project : projects) {
                Usage servers = counted.getOrDefault(project, NOTHING);
                Usage usage = written.getOrDefault(project, NOTHING);
                if (!servers.equals(usage)) {
                    breaches.accept(
                            project,
                            "its servers are %d with %d processors and %d MiB, and its quota counts %d, %d and %d"
                                    .formatted(
                                            servers.instances(),
                                            servers.cores(),
                                            servers.ramMebibytes(),
                                            usage.instances(),
                                            usage.cores(),
                                            usage.ramMebibytes()));
                }
            }
            return projects.isEmpty() ? Optional.empty() : Optional.of(projects.last());
        });
    }
}
