package io.kilonova.metadata;

import io.kilonova.metadata.MetadataAnswers.Answer;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests for metadata over HTTP. Whose metadata it is, is the {@link Reader}'s to know. */
final class MetadataHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataHandler.class);
    private static final String PASSWORD = "/password";

    private final Reader reader;

    /** Knows who asks, and what is at a path for that one. */
    @FunctionalInterface
    interface Reader {
        /** What is answered to a request for {@code path}. */
        Answer read(Request request, String path);
    }

    MetadataHandler(Reader reader) {
        this.reader = reader;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Answer answer;
        try {
            answer = answer(request, response);
        } catch (RuntimeException failure) { // the guest gets an answer, and its cause stays here
            LOG.error("Metadata for {} could not be read", Request.getRemoteAddr(request), failure);
            answer = GuestAnswers.refusal(MetadataError.METADATA_UNREADABLE);
        }
        write(response, callback, answer);
        return true;
    }

    private Answer answer(Request request, Response response) {
        String path = Request.getPathInContext(request);
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            if (HttpMethod.POST.is(request.getMethod()) && path.startsWith("/openstack/") && path.endsWith(PASSWORD)) {
                return GuestAnswers.refusal(MetadataError.PASSWORD_NOT_KEPT);
            }
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            return GuestAnswers.refusal(MetadataError.METHOD_NOT_ALLOWED);
        }
        return reader.read(request, path);
    }

    private static void write(Response response, Callback callback, Answer answer) {
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.content().length);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(answer.content()), callback);
    }
}
