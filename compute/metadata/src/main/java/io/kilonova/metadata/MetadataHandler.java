package io.kilonova.metadata;

import io.kilonova.errors.ServiceException;
import io.kilonova.servers.Server;
import java.nio.ByteBuffer;
import java.util.Optional;
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

    private final Guests guests;
    private final String domain;

    MetadataHandler(Guests guests, String domain) {
        this.guests = guests;
        this.domain = domain;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Asker asker = asker(request);
        try {
            write(response, callback, 200, answer(request, response, asker));
        } catch (ServiceException failure) {
            if (failure.code() instanceof MetadataError expected) {
                LOG.debug("{} {}: {}", asker.networkId(), asker.address(), expected.name());
                write(response, callback, expected.status(), MetadataDocument.text(failure.sentence() + "\n"));
            } else {
                fail(response, callback, asker, failure);
            }
        } catch (RuntimeException failure) { // the guest gets an answer, and its cause stays here
            fail(response, callback, asker, failure);
        }
        return true;
    }

    private MetadataDocument answer(Request request, Response response, Asker asker) {
        String path = Request.getPathInContext(request);
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            if (HttpMethod.POST.is(request.getMethod()) && path.startsWith("/openstack/") && path.endsWith(PASSWORD)) {
                throw MetadataError.PASSWORD_NOT_KEPT.with();
            }
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            throw MetadataError.METHOD_NOT_ALLOWED.with();
        }
        Optional<Server> server = guests.at(asker.networkId(), asker.address());
        return new GuestMetadata(server.orElseThrow(MetadataError.GUEST_UNKNOWN::with), domain)
                .at(path)
                .orElseThrow(MetadataError.DOCUMENT_NOT_FOUND::with);
    }

    private static Asker asker(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        if (endPoint instanceof GuestConnection connection) {
            return connection.asker();
        }
        throw new IllegalStateException("a connection that no socket of a network accepted");
    }

    private static void fail(Response response, Callback callback, Asker asker, RuntimeException failure) {
        LOG.error("Metadata for {} on {} could not be read", asker.address(), asker.networkId(), failure);
        MetadataError told = MetadataError.METADATA_UNREADABLE;
        write(response, callback, told.status(), MetadataDocument.text(told.sentence() + "\n"));
    }

    private static void write(Response response, Callback callback, int status, MetadataDocument document) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, document.contentType());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, document.content().length);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(document.content()), callback);
    }
}
