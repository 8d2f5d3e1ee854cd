package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.spi.ImageReference;
import io.kilonova.spi.PowerState;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** One condition of a list of servers, under the names of the Compute API's query parameters. */
public final class ServerFilter {
    private static final Map<String, Field<String>> EXACT = Map.ofEntries(
            Map.entry("uuid", ID),
            Map.entry("project_id", PROJECT_ID),
            Map.entry("tenant_id", PROJECT_ID),
            Map.entry("user_id", USER_ID),
            Map.entry("image", IMAGE_ID),
            Map.entry("image_ref", IMAGE_ID),
            Map.entry("flavor", FLAVOR_ID),
            Map.entry("host", HOST),
            Map.entry("task_state", TASK_STATE),
            Map.entry("vm_state", VM_STATE));

    /** A text of a server that an expression may be held against, in SQL or in Java. */
    private record Text(Field<String> column, Function<Server, Stream<String>> values) {
        static Text of(Field<String> column, Function<Server, String> value) {
            return new Text(column, server -> Stream.of(value.apply(server)));
        }

        static Text maybe(Field<String> column, Function<Server, Optional<String>> value) {
            return new Text(column, server -> value.apply(server).stream());
        }
    }

    private static final Map<String, Text> TEXTS = Map.ofEntries(
            Map.entry("name", Text.of(NAME, Server::name)),
            Map.entry("display_name", Text.of(NAME, Server::name)),
            Map.entry("description", Text.maybe(DESCRIPTION, Server::description)),
            Map.entry("display_description", Text.maybe(DESCRIPTION, Server::description)),
            Map.entry("hostname", Text.of(HOSTNAME, Server::hostname)),
            Map.entry("node", Text.maybe(HOST, Server::host)),
            Map.entry("availability_zone", Text.of(ZONE, Server::zone)),
            Map.entry("key_name", Text.maybe(KEY_NAME, Server::keyName)),
            Map.entry("reservation_id", Text.of(RESERVATION_ID, Server::reservationId)),
            Map.entry("access_ip_v4", Text.maybe(ACCESS_IP_V4, Server::accessIpV4)),
            Map.entry("access_ip_v6", Text.maybe(ACCESS_IP_V6, Server::accessIpV6)),
            Map.entry("locked_by", Text.maybe(LOCKED_BY, server -> server.lock().map(Server.Lock::owner))),
            Map.entry(
                    "kernel_id",
                    Text.maybe(KERNEL_ID, server -> server.image().kernel().map(ImageReference::id))),
            Map.entry(
                    "ramdisk_id",
                    Text.maybe(RAMDISK_ID, server -> server.image().ramdisk().map(ImageReference::id))),
            Map.entry(
                    "root_device_name",
                    Text.of(ROOT_DEVICE_NAME, server -> server.settings().rootDeviceName())));
    private static final Map<String, Field<Long>> NUMBERS =
            Map.of("launch_index", LAUNCH_INDEX, "progress", PROGRESS_PERCENT);
    private static final Map<String, Field<Long>> TIMES =
            Map.of("created_at", CREATED_AT, "launched_at", LAUNCHED_AT, "terminated_at", TERMINATED_AT);
    private static final Predicate<Server> ALL_KEPT = server -> true;

    private final Condition condition;
    private final Predicate<Server> predicate;

    private ServerFilter(Condition condition) {
        this(condition, ALL_KEPT);
    }

    private ServerFilter(Condition condition, Predicate<Server> predicate) {
        this.condition = condition;
        this.predicate = predicate;
    }

    Condition condition() {
        return condition;
    }

    boolean decidedBySql() {
        return predicate == ALL_KEPT;
    }

    boolean keeps(Server server) {
        return predicate.test(server);
    }

    /**
     * A filter by a parameter that compares a column.
     *
     * @param expressions makes a regular expression that ignores case and is bounded in time
     * @return empty when there is no such parameter
     * @throws io.kilonova.errors.ServiceException {@link ServerError#FILTER_INVALID} for a value that cannot be one
     */
    public static Optional<ServerFilter> of(
            String parameter, String value, Function<String, Predicate<String>> expressions) {
        Field<String> exact = EXACT.get(parameter);
        if (exact != null) {
            return Optional.of(new ServerFilter(exact.eq(value)));
        }
        Text text = TEXTS.get(parameter);
        if (text != null) {
            return Optional.of(matching(text, value, expressions));
        }
        Field<Long> number = NUMBERS.get(parameter);
        if (number != null) {
            return Optional.of(new ServerFilter(number.eq(numberOf(parameter, value))));
        }
        Field<Long> time = TIMES.get(parameter);
        if (time != null) {
            TimeSpan span = TimeSpan.of(parameter, value);
            return Optional.of(new ServerFilter(
                    time.ge(span.start().toEpochMilli()).and(time.lt(span.end().toEpochMilli()))));
        }
        return switch (parameter) {
            case "ip", "ip6" -> Optional.of(address(value, expressions));
            case "metadata" -> Optional.of(new ServerFilter(metadata(value)));
            case "config_drive" -> Optional.of(new ServerFilter(CONFIG_DRIVE.eq(truthOf(parameter, value))));
            case "locked" ->
                Optional.of(new ServerFilter(truthOf(parameter, value) ? LOCKED_BY.isNotNull() : LOCKED_BY.isNull()));
            case "auto_disk_config" ->
                Optional.of(new ServerFilter(DISK_CONFIG.eq(truthOf(parameter, value) ? "AUTO" : "MANUAL")));
            case "power_state" -> Optional.of(new ServerFilter(POWER_STATE.eq(powerOf(value))));
            default -> Optional.empty();
        };
    }

    private static ServerFilter matching(
            Text text, String expression, Function<String, Predicate<String>> expressions) {
        Optional<String> like = LikePattern.of(expression);
        if (like.isPresent()) {
            return new ServerFilter(text.column().likeIgnoreCase(like.get(), '\\'));
        }
        Predicate<String> matches = expressions.apply(expression);
        return new ServerFilter(
                DSL.trueCondition(), server -> text.values().apply(server).anyMatch(matches));
    }

    /** The dots of an address stand for themselves, unless the rest is an expression too. */
    private static ServerFilter address(String value, Function<String, Predicate<String>> expressions) {
        if (value.matches("\\^?[0-9A-Fa-f:.]*\\$?")) {
            String part = value.replace('^', ',').replace('$', ',').toLowerCase(Locale.ROOT);
            return new ServerFilter(DSL.position(ADDRESSES, part).gt(0));
        }
        Predicate<String> matches = expressions.apply(value);
        return new ServerFilter(
                DSL.trueCondition(),
                server -> server.cards().stream()
                        .flatMap(card -> card.fixedAddresses().stream())
                        .flatMap(fixed -> Stream.concat(Stream.of(fixed.address()), fixed.floatingAddresses().stream()))
                        .anyMatch(matches));
    }

    /** Each pair is found as it stands in the column's document: a quote within a text is escaped there. */
    private static Condition metadata(String value) {
        return DSL.and(Documents.readStrings(value)
                .orElseThrow(() -> ServerError.FILTER_INVALID.with(
                        "Invalid value for metadata: a JSON object of strings is wanted."))
                .entrySet()
                .stream()
                .map(pair -> Documents.write(Map.of(pair.getKey(), pair.getValue())))
                .map(pair -> DSL.position(METADATA, pair.substring(1, pair.length() - 1))
                        .gt(0))
                .toList());
    }

    /** Servers that show one of these statuses. */
    public static ServerFilter statuses(Collection<ServerStatus> statuses) {
        return new ServerFilter(
                DSL.or(statuses.stream().map(ServerFilter::shows).toList()));
    }

    /** Servers that changed at or after a time. */
    public static ServerFilter changedSince(Instant time) {
        return new ServerFilter(UPDATED_AT.ge(time.toEpochMilli()));
    }

    /** Servers that changed at or before a time. */
    public static ServerFilter changedBefore(Instant time) {
        return new ServerFilter(UPDATED_AT.le(time.toEpochMilli()));
    }

    /** Servers that have all of these tags. */
    public static ServerFilter tags(List<String> tags) {
        return new ServerFilter(DSL.and(tags.stream().map(ServerFilter::tagged).toList()));
    }

    /** Servers that have one of these tags. */
    public static ServerFilter tagsAny(List<String> tags) {
        return new ServerFilter(DSL.or(tags.stream().map(ServerFilter::tagged).toList()));
    }

    /** Servers that do not have all of these tags. */
    public static ServerFilter notTags(List<String> tags) {
        return new ServerFilter(DSL.not(tags(tags).condition));
    }

    /** Servers that have none of these tags. */
    public static ServerFilter notTagsAny(List<String> tags) {
        return new ServerFilter(DSL.not(tagsAny(tags).condition));
    }

    /** Nothing at all. */
    public static ServerFilter nothing() {
        return new ServerFilter(DSL.falseCondition());
    }

    private static Condition shows(ServerStatus status) {
        Condition state =
                VM_STATE.in(status.states().stream().map(VmState::label).toList());
        if (!status.tasks().isEmpty()) {
            return state.and(TASK_STATE.in(labels(status.tasks())));
        }
        List<String> taken = Arrays.stream(ServerStatus.values())
                .filter(other -> !other.tasks().isEmpty())
                .filter(other -> other.states().containsAll(status.states()))
                .flatMap(other -> other.tasks().stream())
                .map(TaskState::label)
                .toList();
        return taken.isEmpty() ? state : state.and(TASK_STATE.isNull().or(TASK_STATE.notIn(taken)));
    }

    private static List<String> labels(Set<TaskState> tasks) {
        return tasks.stream().map(TaskState::label).toList();
    }

    private static Condition tagged(String tag) {
        return DSL.position(TAGS, "," + tag + ",").gt(0);
    }

    private static long numberOf(String parameter, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException exception) {
            throw ServerError.FILTER_INVALID.because(exception, "Invalid value for " + parameter + ": " + value);
        }
    }

    private static boolean truthOf(String parameter, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "t", "true", "on", "y", "yes" -> true;
            case "0", "f", "false", "off", "n", "no", "" -> false;
            default -> throw ServerError.FILTER_INVALID.with("Invalid value for " + parameter + ": " + value);
        };
    }

    private static String powerOf(String value) {
        return Arrays.stream(PowerState.values())
                .filter(power -> String.valueOf(power.number()).equals(value))
                .map(Enum::name)
                .findFirst()
                .orElse("none such");
    }
}
