package io.kilonova.servers;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a build knows.
 *
 * @param serverId the server
 * @param requester who asked
 * @param host where it is placed
 * @param tried hosts where it failed before
 * @param lastFailure why it failed on the last of them
 * @param mayRunOn a host that is down, and may have started the guest; empty also of what an earlier release accepted
 */
public record Build(
        String serverId,
        Requester requester,
        Optional<String> host,
        List<String> tried,
        Optional<String> lastFailure,
        Optional<String> mayRunOn) {
    static Build of(String serverId, Requester requester) {
        return new Build(serverId, requester, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }

    Build placedOn(String chosen) {
        return new Build(serverId, requester, Optional.of(chosen), tried, lastFailure, mayRunOn);
    }

    /** The same after its host was given up. */
    Build displaced() {
        List<String> all = Stream.concat(tried.stream(), host.stream()).toList();
        return new Build(serverId, requester, Optional.empty(), all, lastFailure, mayRunOn);
    }

    /** The same after it failed. */
    Build failedBecause(String sentence) {
        return new Build(serverId, requester, host, tried, Optional.of(sentence), mayRunOn);
    }

    /** The same after its host went down with what it had begun. */
    Build doubting() {
        return new Build(serverId, requester, host, tried, lastFailure, host);
    }
}
