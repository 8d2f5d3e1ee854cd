package io.kilonova.launcher;

import io.kilonova.errors.ServiceException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program's entry: reads the command line and runs the command. */
@Command(
        name = "kilonova",
        description = "OpenStack Compute in one program.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Begin with \"kilonova demo\": it starts a cloud and boots a guest in it.",
            "Exit codes: 0 done, 1 failed, 64 the command line is wrong.",
            "Every option of the configuration can be set in the environment: \"kilonova config\" prints them all."
        },
        subcommands = {
            UpCommand.class,
            ControllerCommand.class,
            NodeCommandLine.class,
            CaCommand.class,
            DemoCommand.class,
            CheckCommand.class,
            OperationsCommand.class,
            ConfigCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            ReleaseCommand.class,
            TestCommand.class,
            VersionCommand.class,
            TrainCommand.class,
            CommandLine.HelpCommand.class
        })
final class Main implements Runnable {
    private static final int FAILURE = 1;
    private static final int USAGE = 64;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run() is called
    private CommandLine.Model.CommandSpec specification;

    /** Ends the process with the command's exit code. */
    public static void main(String[] arguments) {
        int exitCode = run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true));
        LogSetup.end();
        System.exit(exitCode);
    }

    /** Runs a command and answers its exit code: 0 done, 1 failed, 64 the command line is wrong. */
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        CommandLine commandLine = new CommandLine(new Main()).setOut(out).setErr(err);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof ServiceException expected) {
                err.println("kilonova: " + expected.sentence());
                return FAILURE;
            }
            throw failure;
        });
        setExitCodes(commandLine);
        return commandLine.execute(arguments);
    }

    private static void setExitCodes(CommandLine commandLine) {
        commandLine.getCommandSpec().exitCodeOnInvalidInput(USAGE).exitCodeOnExecutionException(FAILURE);
        commandLine.getSubcommands().values().forEach(Main::setExitCodes);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(specification.commandLine(), "A command is missing.");
    }
}
