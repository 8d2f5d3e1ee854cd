package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code kilonova operations}: asks the running cloud what it carries out. */
@Command(
        name = "operations",
        description =
                "Shows what the cloud carries out: at which step, since when, by which controller and why it waits.",
        mixinStandardHelpOptions = true,
        footer = {"", "Asks the cloud whose state directory this is, as its operator."})
final class OperationsCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-18s  %-36s  %-24s  %-20s  %-20s  %-10s  %s%n";

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Parameters(arity = "0..1", paramLabel = "ID", description = "Shows all of this operation.")
    private @Nullable String id;

    @CommandLine.Option(names = "--ended", description = "Shows those that have ended, the latest first.")
    private boolean ended;

    @CommandLine.Option(names = "--server", paramLabel = "ID", description = "Shows those of this server alone.")
    private @Nullable String server;

    @CommandLine.Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "Shows at most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public Integer call() throws IOException {
        Configuration configuration = setup.configuration(Map.of());
        Path state = Setup.statePath(configuration);
        PrintWriter out = specification.commandLine().getOut();
        try (CloudClient client = new CloudClient(ClientFiles.identity(state))) {
            client.signIn("admin", ClientFiles.password(state));
            if (id == null) {
                print(out, client.get("compute", path()).path("operations"));
            } else {
                JsonNode operation =
                        client.get("compute", "/v2.1/operations/" + encoded(id)).path("operation");
                operation
                        .properties()
                        .forEach(field -> out.printf("%-22s%s%n", field.getKey(), shown(field.getValue())));
            }
        }
        out.flush();
        return 0;
    }

    private String path() {
        String subject = Optional.ofNullable(server)
                .map(known -> "&subject=" + encoded(known))
                .orElse("");
        return "/v2.1/operations?limit=%d&state=%s%s".formatted(limit, ended ? "ended" : "going_on", subject);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void print(PrintWriter out, JsonNode operations) {
        out.printf(ROW, "ID", "OPERATION", "SUBJECT", "STEP", "SINCE", "DEADLINE", "CONTROLLER", "TELLS");
        for (JsonNode operation : operations) {
            boolean begun = operation.path("step_number").intValue() > 0;
            out.printf(
                    ROW,
                    shown(operation.path("id")),
                    shown(operation.path("operation")),
                    shown(operation.path("subject")),
                    begun
                            ? "%s %s/%s %s"
                                    .formatted(
                                            shown(operation.path("phase")),
                                            shown(operation.path("step_number")),
                                            shown(operation.path("steps")),
                                            shown(operation.path("step")))
                            : shown(operation.path("phase")),
                    shown(operation.path("step_since")),
                    shown(operation.path("deadline_at")),
                    shown(operation.path("controller")),
                    operation.path("failure").isNull()
                            ? shown(operation.path("progress"))
                            : shown(operation.path("failure").path("message")));
        }
    }

    private static String shown(JsonNode value) {
        String text = value.isString() ? value.stringValue() : value.isNull() ? "" : value.toString();
        return text.isEmpty() ? "-" : text;
    }
}
