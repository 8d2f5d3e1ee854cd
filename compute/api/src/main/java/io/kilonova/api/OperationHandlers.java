package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.operations.OperationFilter;
import io.kilonova.operations.OperationView;
import io.kilonova.operations.Operations;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What this cloud's controllers carry out, for operators: where each operation is, since when, and why it waits. */
final class OperationHandlers {
    private final Supplier<Operations> operations;
    private final int maximumLimit;

    OperationHandlers(Supplier<Operations> operations, int maximumLimit) {
        this.operations = operations;
        this.maximumLimit = maximumLimit;
    }

    Answer list(Request request) {
        Query query = request.query();
        boolean ended = query.last("state").filter("ended"::equals).isPresent();
        PageRequest asked = PageRequest.of(query, maximumLimit);
        List<OperationView> page = operations
                .get()
                .list(
                        new OperationFilter(
                                ended, query.last("operation"), query.last("project_id"), query.last("subject")),
                        asked.limit(),
                        asked.marker());
        return Answer.json(json -> json.object(() -> {
            json.array("operations", () -> page.forEach(view -> json.object(() -> write(json, view))));
            List<String> ids = page.stream().map(OperationView::id).toList();
            PageLinks.next(json, request, asked, "operations_links", "operations", ids);
        }));
    }

    Answer show(Request request) {
        OperationView view = operations.get().find(request.path("id")).orElseThrow(HttpError.NOT_FOUND::with);
        return Answer.json(json -> json.object(() -> json.object("operation", () -> write(json, view))));
    }

    private static void write(JsonWriter json, OperationView view) {
        json.field("id", view.id())
                .field("operation", view.operation())
                .field("phase", view.phase().name().toLowerCase(Locale.ROOT))
                .field("step", view.step())
                .field("step_number", view.stepNumber())
                .field("steps", view.steps())
                .field("progress", view.progress())
                .field("percent", view.percent())
                .time("resumes_at", view.resumesAt())
                .field("controller", view.controller())
                .field("fence", view.fence())
                .field("subject", view.subject())
                .field("project_id", view.project())
                .field("request_id", view.requestId())
                .time("accepted_at", view.acceptedAt())
                .time("step_since", view.stepSince())
                .time("deadline_at", view.deadline())
                .field("cancel_reason", view.cancelReason());
        if (view.failure().isPresent()) {
            json.object(
                    "failure",
                    () -> view.failure()
                            .ifPresent(failure -> json.field("code", failure.code())
                                    .field("step", failure.step())
                                    .field("message", failure.sentence())));
        } else {
            json.nothing("failure");
        }
        json.field("compensation_failure", view.compensationFailure()).time("ended_at", view.endedAt());
    }
}
