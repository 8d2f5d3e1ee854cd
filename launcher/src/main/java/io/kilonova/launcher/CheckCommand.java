package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.consistency.ConsistencyWatch;
import io.kilonova.consistency.Finding;
import io.kilonova.consistency.Report;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.json.JsonMapper;

/** {@code kilonova check}: holds a cloud's database against all invariants, while the cloud runs or when it is stopped. */
@Command(
        name = "check",
        description = "Looks for what must never be between servers, allocations, ports, quotas and operations.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "It reads the database past the cloud and changes nothing; the cloud may run meanwhile. Guests on hosts are"
                    + " compared by the controllers themselves, all the time: their log and metrics tell.",
            "Exit codes: 0 all is as it must be, 1 something is not."
        })
final class CheckCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Option(names = "--json", description = "Prints JSON for programs instead of a table for people.")
    private boolean json;

    @Override
    public Integer call() {
        Configuration configuration = setup.configuration(Map.of());
        DatabaseOptions options = DatabaseSettings.of(configuration);
        options.file().filter(file -> !Files.exists(file)).ifPresent(file -> {
            throw LauncherError.FILE_UNREADABLE.with(file, "no cloud has run in this state directory");
        });
        Path images = Setup.statePath(configuration).resolve("images");
        try (Database database = Database.openAsItIs(options, Services.MIGRATIONS)) {
            ConsistencyWatch watch = new ConsistencyWatch(new ConsistencyWatch.Setup(
                    database, Optional.empty(), Optional.of(images).filter(Files::isDirectory), Clock.systemUTC()));
            Report report = watch.check();
            PrintWriter out = specification.commandLine().getOut();
            if (json) {
                out.println(JsonMapper.shared()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(Map.of(
                                "clean", report.clean(),
                                "breaches", report.breaches(),
                                "findings", report.findings())));
            } else {
                print(out, watch.sentences(), report);
            }
            out.flush();
            return report.clean() ? 0 : 1;
        }
    }

    private static void print(PrintWriter out, Map<String, String> sentences, Report report) {
        sentences.forEach((name, sentence) -> {
            long breaches = report.breaches().getOrDefault(name, 0L);
            out.printf("%s %s%s%n", breaches == 0 ? "✓" : "✗", sentence, breaches == 0 ? "" : " Broken: " + breaches);
            report.findings().stream()
                    .filter(finding -> finding.invariant().equals(name))
                    .forEach(finding -> print(out, finding));
        });
        out.println("– Guests are not looked at here: controllers compare them, see consistency_breaches at /metrics.");
    }

    private static void print(PrintWriter out, Finding finding) {
        out.printf("    %s: %s%n      → %s%n", finding.subject(), finding.detail(), finding.remedy());
    }
}
