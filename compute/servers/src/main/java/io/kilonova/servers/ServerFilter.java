package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.spi.PowerState;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            Map.entry("flavor", FLAVOR_ID),
            Map.entry("host", HOST),
            Map.entry("node", HOST),
            Map.entry("availability_zone", ZONE),
            Map.entry("key_name", KEY_NAME),
            Map.entry("reservation_id", RESERVATION_ID),
            Map.entry("access_ip_v4", ACCESS_IP_V4),
            Map.entry("access_ip_v6", ACCESS_IP_V6),
            Map.entry("task_state", TASK_STATE),
            Map.entry("vm_state", VM_STATE),
            Map.entry("locked_by", LOCKED_BY));
    private static final Map<String, Field<String>> PATTERNS = Map.of(
            "name", NAME,
            "display_name", NAME,
            "description", DESCRIPTION,
            "display_description", DESCRIPTION,
            "hostname", HOSTNAME);
    private static final Map<String, Field<Long>> NUMBERS =
            Map.of("launch_index", LAUNCH_INDEX, "progress", PROGRESS_PERCENT);

    private final Condition condition;

    private ServerFilter(Condition condition) {
        this.condition = condition;
    }

    Condition condition() {
        return condition;
    }

    /**
     * A filter by a parameter that compares a column.
     *
     * @return empty when there is no such parameter
     * @throws io.kilonova.errors.ServiceException {@link ServerError#FILTER_INVALID} for a value that cannot be one
     */
    public static Optional<ServerFilter> of(String parameter, String value) {
        Field<String> exact = EXACT.get(parameter);
        if (exact != null) {
            return Optional.of(new ServerFilter(exact.eq(value)));
        }
        Field<String> pattern = PATTERNS.get(parameter);
        if (pattern != null) {
            return Optional.of(new ServerFilter(pattern.like(likeOf(value), '\\')));
        }
        Field<Long> number = NUMBERS.get(parameter);
        if (number != null) {
            return Optional.of(new ServerFilter(number.eq(numberOf(parameter, value))));
        }
        return switch (parameter) {
            case "ip", "ip6" ->
                Optional.of(new ServerFilter(ADDRESSES.like("%" + escape(stripAnchors(value)) + "%", '\\')));
            case "config_drive" -> Optional.of(new ServerFilter(CONFIG_DRIVE.eq(truthOf(parameter, value))));
            case "locked" ->
                Optional.of(new ServerFilter(truthOf(parameter, value) ? LOCKED_BY.isNotNull() : LOCKED_BY.isNull()));
            case "auto_disk_config" ->
                Optional.of(new ServerFilter(DISK_CONFIG.eq(truthOf(parameter, value) ? "AUTO" : "MANUAL")));
            case "power_state" -> Optional.of(new ServerFilter(POWER_STATE.eq(powerOf(value))));
            default -> Optional.empty();
        };
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

    /** Servers that another filter leaves out. */
    public ServerFilter negated() {
        return new ServerFilter(DSL.not(condition));
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
        return TAGS.like("%," + escape(tag) + ",%", '\\');
    }

    /**
     * Nova matches names by the database's regular expressions. Of these, anchors, {@code .} and {@code .*} are understood;
     * every other character stands for itself, so that no expression takes long.
     */
    static String likeOf(String expression) {
        boolean start = expression.startsWith("^");
        boolean end = expression.endsWith("$");
        String middle = stripAnchors(expression);
        String like = escape(middle).replace(".*", "%");
        return (start ? "" : "%") + like + (end ? "" : "%");
    }

    private static String stripAnchors(String expression) {
        String text = expression.startsWith("^") ? expression.substring(1) : expression;
        return text.endsWith("$") ? text.substring(0, text.length() - 1) : text;
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
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
