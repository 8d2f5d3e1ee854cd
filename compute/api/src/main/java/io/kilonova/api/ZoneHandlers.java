package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Lists availability zones. A zone is available while one of its services takes new work. */
final class ZoneHandlers {
    private final ServiceList services;

    ZoneHandlers(ServiceList services) {
        this.services = services;
    }

    Answer list(Request request) {
        Map<String, List<ServiceList.Entry>> zones = zones();
        return Answer.json(json -> json.object(() -> json.array(
                "availabilityZoneInfo",
                () -> zones.forEach((name, entries) -> {
                    if (entries.stream().anyMatch(ServiceList.Entry::isCompute)) {
                        json.object(() -> {
                            zone(json, name, entries);
                            json.nothing("hosts");
                        });
                    }
                }))));
    }

    Answer detail(Request request) {
        Map<String, List<ServiceList.Entry>> zones = zones();
        return Answer.json(json -> json.object(() -> json.array(
                "availabilityZoneInfo",
                () -> zones.forEach((name, entries) -> json.object(() -> {
                    zone(json, name, entries);
                    if (isAvailable(entries)) {
                        json.object("hosts", () -> hosts(json, entries));
                    } else {
                        json.nothing("hosts");
                    }
                })))));
    }

    private Map<String, List<ServiceList.Entry>> zones() {
        return services.all().stream()
                .collect(Collectors.groupingBy(ServiceList.Entry::zone, TreeMap::new, Collectors.toList()));
    }

    private static boolean isAvailable(List<ServiceList.Entry> entries) {
        return entries.stream().anyMatch(entry -> !entry.disabled());
    }

    private static void zone(JsonWriter json, String name, List<ServiceList.Entry> entries) {
        json.field("zoneName", name);
        json.object("zoneState", () -> json.field("available", isAvailable(entries)));
    }

    private static void hosts(JsonWriter json, List<ServiceList.Entry> entries) {
        Map<String, List<ServiceList.Entry>> byHost = entries.stream()
                .filter(entry -> !entry.disabled())
                .collect(Collectors.groupingBy(ServiceList.Entry::host, TreeMap::new, Collectors.toList()));
        byHost.forEach((host, ofHost) -> json.object(
                host,
                () -> ofHost.forEach(entry -> json.object(
                        entry.binary(),
                        () -> json.field("active", true)
                                .field("available", entry.up())
                                .timeInMicroseconds("updated_at", entry.updatedAt())))));
    }
}
