package io.kilonova.metadata;

import io.kilonova.metadata.MetadataAnswers.Answer;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers guests. Of a request it reads the method and the path; no header has any meaning here. */
final class MetadataHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataHandler.class);
    private static final String PASSWORD = "/password";

    private final MetadataAnswers answers;

    MetadataHandler(MetadataAnswers answers) {
        this.answers = answers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Asker asker = asker(request);
        Answer answer;
        try {
            answer = answer(request, response, asker);
        } catch (RuntimeException failure) { // the guest gets an answer, and its cause stays here
            LOG.error("Metadata for {} on {} could not be read", asker.address(), asker.networkId(), failure);
            answer = GuestAnswers.refusal(MetadataError.METADATA_UNREADABLE);
        }
        write(response, callback, answer);
        return true;
    }

    private Answer answer(Request request, Response response, Asker asker) {
        String path = Request.getPathInContext(request);
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            if (HttpMethod.POST.is(request.getMethod()) && path.startsWith("/openstack/") && path.endsWith(PASSWORD)) {
                return GuestAnswers.refusal(MetadataError.PASSWORD_NOT_KEPT);
            }
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            return GuestAnswers.refusal(MetadataError.METHOD_NOT_ALLOWED);
        }
        return answers.answer(asker.networkId(), asker.address(), path);
    }

    private static Asker asker(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        if (endPoint instanceof GuestConnection connection) {
            return connection.asker();
        }
        throw new IllegalStateException("a connection that no socket of a network accepted");
    }

    private static void write(Response response, Callback callback, Answer answer) {
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.content().length);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(answer.content()), callback);
    }
}
