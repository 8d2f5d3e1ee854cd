package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.networks.ServerCard;
import io.kilonova.spi.PowerState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Between a server and its row. */
final class ServerRows {
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};
    private static final TypeReference<List<ServerCard>> SERVER_CARDS = new TypeReference<>() {};

    private ServerRows() {}

    static Server read(Record row) {
        String lockedBy = row.get(LOCKED_BY);
        return new Server(
                row.get(ID),
                row.get(NUMBER),
                row.get(PROJECT_ID),
                row.get(USER_ID),
                row.get(NAME),
                row.get(HOSTNAME),
                Optional.ofNullable(row.get(DESCRIPTION)),
                VmState.of(row.get(VM_STATE)),
                Optional.ofNullable(row.get(TASK_STATE)).map(TaskState::of),
                PowerState.valueOf(row.get(POWER_STATE)),
                row.get(PROGRESS_PERCENT).intValue(),
                Optional.ofNullable(lockedBy)
                        .map(owner -> new Server.Lock(owner, Optional.ofNullable(row.get(LOCKED_REASON)))),
                Optional.ofNullable(row.get(FAULT)).map(text -> Documents.read(text, Server.Fault.class)),
                Optional.ofNullable(row.get(HOST)),
                row.get(ZONE),
                Documents.readShared(row.get(FLAVOR), Flavor.class),
                Documents.readShared(row.get(IMAGE), ServerImage.class),
                Optional.ofNullable(row.get(KEY_NAME)),
                row.get(CONFIG_DRIVE),
                row.get(LAUNCH_INDEX).intValue(),
                row.get(RESERVATION_ID),
                Optional.ofNullable(row.get(ACCESS_IP_V4)),
                Optional.ofNullable(row.get(ACCESS_IP_V6)),
                row.get(DISK_CONFIG),
                Documents.readShared(row.get(SETTINGS), ServerSettings.class),
                Optional.ofNullable(row.get(USER_DATA)),
                metadata(row.get(METADATA)),
                tags(row.get(TAGS)),
                cards(row.get(CARDS)),
                Instant.ofEpochMilli(row.get(CREATED_AT)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)),
                time(row.get(LAUNCHED_AT)));
    }

    static Object[] values(Server server) {
        return new Object[] {
            server.id(),
            server.number(),
            server.projectId(),
            server.userId(),
            server.name(),
            server.hostname(),
            server.description().orElse(null),
            server.vmState().label(),
            server.taskState().map(TaskState::label).orElse(null),
            server.powerState().name(),
            (long) server.progressPercent(),
            server.lock().map(Server.Lock::owner).orElse(null),
            server.lock().flatMap(Server.Lock::reason).orElse(null),
            server.fault().map(Documents::write).orElse(null),
            server.host().orElse(null),
            server.zone(),
            server.flavor().id(),
            Documents.write(server.flavor()),
            server.image().id(),
            Documents.write(server.image()),
            server.keyName().orElse(null),
            server.configDrive(),
            (long) server.launchIndex(),
            server.reservationId(),
            server.accessIpV4().orElse(null),
            server.accessIpV6().orElse(null),
            server.diskConfig(),
            Documents.write(server.settings()),
            server.userData().orElse(null),
            Documents.write(server.metadata()),
            writeTags(server.tags()),
            Documents.write(server.cards()),
            server.createdAt().toEpochMilli(),
            server.updatedAt().toEpochMilli(),
            server.launchedAt().map(Instant::toEpochMilli).orElse(null)
        };
    }

    /** Tags hold no comma, so {@code ,one,two,} is found by {@code LIKE '%,one,%'}. */
    static String writeTags(List<String> tags) {
        return tags.isEmpty() ? "" : "," + String.join(",", tags) + ",";
    }

    static String writeAddresses(List<ServerCard> cards) {
        List<String> all = new ArrayList<>();
        for (ServerCard card : cards) {
            for (ServerCard.FixedAddress fixed : card.fixedAddresses()) {
                all.add(fixed.address());
                all.addAll(fixed.floatingAddresses());
            }
        }
        return all.isEmpty() ? "" : "," + String.join(",", all) + ",";
    }

    private static Map<String, String> metadata(String text) {
        return text.equals("{}") ? Map.of() : Documents.read(text, STRINGS);
    }

    private static List<ServerCard> cards(String text) {
        return text.equals("[]") ? List.of() : Documents.read(text, SERVER_CARDS);
    }

    private static List<String> tags(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.asList(text.substring(1, text.length() - 1).split(","));
    }

    private static Optional<Instant> time(@Nullable Long millis) {
        return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
    }
}
