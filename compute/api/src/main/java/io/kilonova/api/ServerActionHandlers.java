package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.ServerCommand;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The actions on servers that have a word of their own. */
final class ServerActionHandlers {
    /** The most of a console that is read: 100 KiB, as Nova's drivers do. */
    private static final int MAXIMUM_CONSOLE_BYTES = 102_400;

    private final ComputeService compute;

    ServerActionHandlers(ComputeService compute) {
        this.compute = compute;
    }

    Answer power(Request request, ServerCommand command) {
        compute.command(request.caller(), request.id(), request.path("id"), command);
        return Answer.empty();
    }

    Answer reboot(Request request) {
        String type = request.body().path("reboot").path("type").asString().toUpperCase(Locale.ROOT);
        return power(request, type.equals("HARD") ? ServerCommand.REBOOT_HARD : ServerCommand.REBOOT_SOFT);
    }

    Answer lock(Request request) {
        Optional<String> reason = request.version().atLeast(2, 73)
                ? ServerBodyReader.text(request.body().path("lock"), "locked_reason")
                : Optional.empty();
        compute.lock(request.caller(), request.id(), request.path("id"), reason);
        return Answer.empty();
    }

    Answer unlock(Request request) {
        compute.unlock(request.caller(), request.id(), request.path("id"));
        return Answer.empty();
    }

    Answer consoleOutput(Request request) {
        byte[] bytes = compute.console(request.caller().visibility(), request.path("id"), MAXIMUM_CONSOLE_BYTES);
        JsonNode length = request.body().path("os-getConsoleOutput").path("length");
        String text = new String(bytes, StandardCharsets.UTF_8);
        String shown = length.isMissingNode() || length.isNull() || length.asInt() < 0
                ? text
                : lastLines(text, length.asInt());
        return Answer.json(json -> json.object(() -> json.field("output", printable(shown))));
    }

    /** What follows the last line ends; as in Nova a line end at the end of the text is one of them. */
    private static String lastLines(String text, int lines) {
        int start = text.length();
        for (int left = lines; left > 0 && start >= 0; left--) {
            start = text.lastIndexOf('\n', start - 1);
        }
        return lines == 0 ? "" : text.substring(start + 1);
    }

    /** A guest writes what it likes; control characters other than line ends and tabs are left out. */
    private static String printable(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.chars()
                .filter(character -> character == '\n'
                        || character == '\r'
                        || character == '\t'
                        || character == 27
                        || character >= 32)
                .forEach(character -> result.append((char) character));
        return result.toString();
    }
}
