package io.kilonova.metadata;

import io.kilonova.errors.ServiceException;
import io.kilonova.servers.Server;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers from the servers' rows. */
public final class GuestAnswers implements MetadataAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(GuestAnswers.class);

    private final Guests guests;
    private final String domain;
    private final Predicate<Server> asked;

    /**
     * Answers to all guests.
     *
     * @param domain what host names end in, after a dot; empty for none
     */
    public GuestAnswers(Guests guests, String domain) {
        this(guests, domain, server -> true);
    }

    private GuestAnswers(Guests guests, String domain, Predicate<Server> asked) {
        this.guests = guests;
        this.domain = domain;
        this.asked = asked;
    }

    /** Answers to the guests of one host alone: nothing of another's is told to who holds that host. */
    public GuestAnswers toGuestsOf(String host) {
        return new GuestAnswers(
                guests, domain, server -> server.host().filter(host::equals).isPresent());
    }

    @Override
    public Answer answer(String networkId, String address, String path) {
        return answer(() -> guests.at(networkId, address), path, address + " on " + networkId);
    }

    /**
     * What a server of a project reads at a path, for one who vouches for both.
     *
     * @param serverId the server's
     * @param projectId the server's too: another project's server is as unknown as none
     */
    Answer answerOf(String serverId, String projectId, String path) {
        return answer(
                () -> guests.named(serverId).filter(server -> server.projectId().equals(projectId)), path, serverId);
    }

    private Answer answer(Supplier<Optional<Server>> guest, String path, String who) {
        try {
            Server server = guest.get().filter(asked).orElseThrow(MetadataError.GUEST_UNKNOWN::with);
            MetadataDocument document =
                    new GuestMetadata(server, domain).at(path).orElseThrow(MetadataError.DOCUMENT_NOT_FOUND::with);
            return new Answer(200, document.contentType(), document.content());
        } catch (ServiceException failure) {
            if (failure.code() instanceof MetadataError expected) {
                LOG.debug("{}: {}", who, expected.name());
                return refusal(expected);
            }
            LOG.error("Metadata for {} could not be read", who, failure);
            return refusal(MetadataError.METADATA_UNREADABLE);
        }
    }

    /** An error as whoever asks reads it. */
    static Answer refusal(MetadataError error, Object... arguments) {
        MetadataDocument text = MetadataDocument.text(error.sentence().formatted(arguments) + "\n");
        return new Answer(error.status(), text.contentType(), text.content());
    }
}
