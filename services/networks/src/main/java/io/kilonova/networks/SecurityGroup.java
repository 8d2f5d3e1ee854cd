package io.kilonova.networks;

import java.util.List;
import java.util.Optional;

/**
 * A security group as compute tells of it.
 *
 * @param id UUID
 * @param name as its owner calls it
 * @param description for people
 * @param projectId whose
 * @param rules what may come in; what may go out compute never told
 */
public record SecurityGroup(String id, String name, String description, String projectId, List<Rule> rules) {
    /**
     * What may come in.
     *
     * @param id UUID
     * @param protocol of the Internet, in lower case; empty for all
     * @param firstPort or type of ICMP; empty for all
     * @param lastPort or code of ICMP; empty for all
     * @param from addresses; empty for those of {@code members}
     * @param members the group from whose servers it may come
     */
    public record Rule(
            String id,
            Optional<String> protocol,
            Optional<Integer> firstPort,
            Optional<Integer> lastPort,
            Optional<String> from,
            Optional<Members> members) {}

    /**
     * Servers of a group.
     *
     * @param name the group's
     * @param projectId whose
     */
    public record Members(String name, String projectId) {}
}
