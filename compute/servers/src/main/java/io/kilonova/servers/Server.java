package io.kilonova.servers;

import io.kilonova.networks.ServerCard;
import io.kilonova.spi.PowerState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server as its row says.
 *
 * @param id UUID
 * @param number counts up from 1; names the guest at the hypervisor
 * @param projectId the tenant
 * @param userId who made it
 * @param name as the user calls it
 * @param hostname the guest's, made from the name unless given
 * @param description for people
 * @param vmState what it is
 * @param taskState what is being done to it
 * @param powerState what the hypervisor said last
 * @param progressPercent 0 to 100
 * @param lock who locked it and why
 * @param fault what went wrong last
 * @param host where it is
 * @param zone its availability zone
 * @param flavor a copy of the flavor
 * @param image what it was made from
 * @param keyName its key pair
 * @param configDrive whether it has one
 * @param launchIndex its place among those made by one request
 * @param reservationId shared by those made by one request
 * @param accessIpV4 what its user wants shown as its address
 * @param accessIpV6 the same for IPv6
 * @param diskConfig AUTO or MANUAL
 * @param settings the rest of what its user asked for
 * @param userData base 64
 * @param metadata of the user
 * @param tags of the user
 * @param cards its network cards as they are now
 * @param createdAt when it was accepted
 * @param updatedAt when it was changed last
 * @param launchedAt when it ran first
 */
public record Server(
        String id,
        long number,
        String projectId,
        String userId,
        String name,
        String hostname,
        Optional<String> description,
        VmState vmState,
        Optional<TaskState> taskState,
        PowerState powerState,
        int progressPercent,
        Optional<Lock> lock,
        Optional<Fault> fault,
        Optional<String> host,
        String zone,
        Flavor flavor,
        ServerImage image,
        Optional<String> keyName,
        boolean configDrive,
        int launchIndex,
        String reservationId,
        Optional<String> accessIpV4,
        Optional<String> accessIpV6,
        String diskConfig,
        ServerSettings settings,
        Optional<String> userData,
        Map<String, String> metadata,
        List<String> tags,
        List<ServerCard> cards,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> launchedAt) {
    /**
     * A lock on a server.
     *
     * @param owner {@code owner} or {@code admin}
     * @param reason as given with the lock (Compute API 2.73)
     */
    public record Lock(String owner, Optional<String> reason) {}

    /**
     * What went wrong.
     *
     * @param code an HTTP status
     * @param message a sentence
     * @param details more, for administrators
     * @param createdAt when
     */
    public record Fault(int code, String message, Optional<String> details, Instant createdAt) {}

    /** The one word that the API shows. */
    public ServerStatus status() {
        return ServerStatus.of(vmState, taskState);
    }

    /** The guest's name at the hypervisor, {@code instance-0000002a}. */
    public String hypervisorName() {
        return "instance-%08x".formatted(number);
    }

    /** The host as a person may see it who must not know it: the same for all of a project's servers on one host. */
    public String hostId() {
        return host.map(name -> HostIds.of(projectId, name)).orElse("");
    }

    /** The same with other network cards. */
    Server withCards(List<ServerCard> changed) {
        return new Server(
                id,
                number,
                projectId,
                userId,
                name,
                hostname,
                description,
                vmState,
                taskState,
                powerState,
                progressPercent,
                lock,
                fault,
                host,
                zone,
                flavor,
                image,
                keyName,
                configDrive,
                launchIndex,
                reservationId,
                accessIpV4,
                accessIpV6,
                diskConfig,
                settings,
                userData,
                metadata,
                tags,
                changed,
                createdAt,
                updatedAt,
                launchedAt);
    }
}
