package io.kilonova.servers;

import io.kilonova.access.Caller;
import io.kilonova.errors.ServiceException;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.operations.Submission;
import io.kilonova.operations.TimeOrderedId;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.StorageError;
import io.kilonova.storage.Transaction;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jooq.Record;
import org.jooq.Result;

/**
 * Accepts new servers. What is asked is checked first, by reading; then quota, rows, history and operations are written in one
 * transaction: about four statements a server beside that.
 */
final class CreateServers {
    private static final int MAXIMUM_USER_DATA_BYTES = 65_535;
    private static final String RESERVATION_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final RandomGenerator RANDOM = new SecureRandom();

    private final Compute compute;
    private final Flavors flavors;
    private final Keypairs keypairs;
    private final ServerImages images;
    private final InstantSource clock;
    private final NumberBlocks numbers;

    CreateServers(Compute compute, Flavors flavors, Keypairs keypairs, ServerImages images, InstantSource clock) {
        this.compute = compute;
        this.flavors = flavors;
        this.keypairs = keypairs;
        this.images = images;
        this.clock = clock;
        this.numbers = new NumberBlocks(compute.database(), clock, List.of("servers", "instance_actions"));
    }

    /** What servers are made of, and how much of it there may be. */
    private record Materials(
            Flavor flavor, ServerImage image, Optional<Keypair> keypair, Map<QuotaResource, Long> limits) {}

    /** All that was looked up for a create before anything is written. */
    private record Plan(Materials materials, List<CardRequest> cards, ZoneChoice place) {}

    /** Makes the rows of the servers and has them built; returns them as they are accepted. */
    List<Server> create(ServerCreate create) {
        Plan plan = plan(create);
        List<Long> drawn = numbers.take(create.maximumCount());
        if (create.minimumCount() == create.maximumCount()) {
            try {
                return compute.database().write(transaction -> write(transaction, create, plan, drawn, true));
            } catch (ServiceException refused) {
                if (refused.code() != StorageError.ROW_NOT_FOUND) {
                    throw refused;
                }
            }
        }
        return compute.database().write(transaction -> write(transaction, create, plan, drawn, false));
    }

    private Plan plan(ServerCreate create) {
        Caller caller = create.caller();
        if (create.minimumCount() > create.maximumCount()) {
            throw ServerError.COUNT_INVALID.with();
        }
        Materials materials = materials(create);
        if (create.networks() instanceof NetworkChoice.Cards(List<CardRequest> requests)
                && create.maximumCount() > 1
                && requests.stream().anyMatch(request -> request.portId().isPresent())) {
            throw ServerError.PORT_FOR_MANY.with();
        }
        List<CardRequest> cards = create.networks() instanceof NetworkChoice.None
                ? List.of()
                : compute.networks().plan(caller, create.networks(), create.securityGroups());
        return new Plan(
                materials, cards, ZoneChoice.of(create, compute.options().scheduleZone(), compute.hosts()::list));
    }

    /** Looks up what is named, and checks what needs no more than that; at PostgreSQL in two journeys. */
    private Materials materials(ServerCreate create) {
        Caller caller = create.caller();
        List<Result<Record>> found = compute.database()
                .fetchAll(Flavors.asked(caller.visibility(), create.flavorId()), Quotas.asked(caller.project()));
        Map<QuotaResource, Long> limits = compute.quotas().limits(found.getLast());
        Flavor flavor = found.getFirst().stream()
                .findFirst()
                .map(Flavors::read)
                .filter(usable -> !usable.disabled())
                .orElseThrow(() -> ServerError.FLAVOR_UNUSABLE.with(create.flavorId()));
        ServerImage image = images.resolve(caller, create.imageId(), flavor);
        Optional<Keypair> keypair = create.keyName()
                .map(name -> keypairs.find(caller.userId(), name).orElseThrow(ServerError.KEYPAIR_UNUSABLE::with));
        create.userData().ifPresent(CreateServers::requireBase64);
        requireQuotas(create, limits);
        return new Materials(flavor, image, keypair, limits);
    }

    /** As many servers as are asked for, if quota {@code fits}, of which the commit has the last word; or as many as it lets. */
    private List<Server> write(
            Transaction transaction, ServerCreate create, Plan plan, List<Long> numbers, boolean fits) {
        Instant now = clock.instant();
        String project = create.caller().project();
        // Nobody builds before this is on disk, so all that others could see too early are rows.
        transaction.releaseEarly();
        long firstNumber = numbers.getFirst();
        long firstAction = numbers.getLast();
        int count = fits ? create.maximumCount() : takeQuota(transaction, create, plan);
        String reservation = reservationId();
        List<Server> servers = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            servers.add(server(create, plan, new Place(firstNumber + index, index, count, reservation), now));
        }
        compute.servers().insert(transaction, servers.stream());
        join(transaction, create, plan, servers.stream().map(Server::id).toList());
        for (int index = 0; index < count; index++) {
            Server server = servers.get(index);
            long action = firstAction + index;
            Requester requester = new Requester(create.caller().userId(), project, create.requestId(), action);
            compute.actions()
                    .begin(
                            transaction,
                            action,
                            server,
                            requester.userId(),
                            project,
                            create.requestId(),
                            ServerCommand.CREATE,
                            now);
            compute.operations()
                    .submitFirst(
                            transaction,
                            new Submission<>(
                                    BuildServer.NAME,
                                    Build.of(server.id(), requester),
                                    project,
                                    server.id(),
                                    create.requestId()));
        }
        if (fits) {
            Quotas.takeLater(
                    transaction,
                    project,
                    plan.materials().limits(),
                    Quotas.of(plan.materials().flavor()).times(count));
        }
        return servers;
    }

    private static int takeQuota(Transaction transaction, ServerCreate create, Plan plan) {
        return Quotas.take(
                transaction,
                create.caller().project(),
                plan.materials().limits(),
                Quotas.of(plan.materials().flavor()),
                create.minimumCount(),
                create.maximumCount());
    }

    private void join(Transaction transaction, ServerCreate create, Plan plan, List<String> servers) {
        List<String> named = create.schedulerHints().getOrDefault(ServerGroups.HINT, List.of());
        if (!named.isEmpty()) {
            long limit = plan.materials().limits().getOrDefault(QuotaResource.SERVER_GROUP_MEMBERS, -1L);
            compute.groups().join(transaction, create.caller().project(), named.getFirst(), servers, limit);
        }
    }

    /** A server's place among those that one request makes. */
    private record Place(long number, int index, int count, String reservation) {
        String named(String name) {
            return count == 1 ? name : name + "-" + (index + 1);
        }
    }

    private Server server(ServerCreate create, Plan plan, Place place, Instant now) {
        String id = TimeOrderedId.next(now.toEpochMilli(), RANDOM);
        String name = place.named(create.name());
        return new Server(
                id,
                place.number(),
                create.caller().project(),
                create.caller().userId(),
                name,
                create.hostname().map(place::named).orElseGet(() -> Hostnames.from(name, id)),
                create.description(),
                VmState.BUILDING,
                Optional.of(TaskState.SCHEDULING),
                PowerState.NO_STATE,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                plan.place().zone().orElse(""),
                plan.materials().flavor(),
                plan.materials().image(),
                create.keyName(),
                create.configDrive(),
                place.index(),
                place.reservation(),
                create.accessIpV4(),
                create.accessIpV6(),
                create.diskConfig(),
                new ServerSettings(
                        plan.materials().keypair().map(Keypair::publicKey),
                        plan.materials().keypair().map(Keypair::type),
                        plan.cards(),
                        create.securityGroups(),
                        create.files(),
                        create.schedulerHints(),
                        plan.place().zone(),
                        plan.place().host(),
                        "/dev/vda",
                        create.trustedImageCertificates()),
                create.userData(),
                create.metadata(),
                create.tags(),
                List.of(),
                now,
                now,
                Optional.empty());
    }

    private static void requireQuotas(ServerCreate create, Map<QuotaResource, Long> limits) {
        Metadata.requireCount(create.metadata().size(), limits);
        long files = limits.getOrDefault(QuotaResource.INJECTED_FILES, -1L);
        if (files >= 0 && create.files().size() > files) {
            throw ServerError.PERSONALITY_TOO_MANY.with(files);
        }
        long bytes = limits.getOrDefault(QuotaResource.INJECTED_FILE_CONTENT_BYTES, -1L);
        long pathBytes = limits.getOrDefault(QuotaResource.INJECTED_FILE_PATH_BYTES, -1L);
        create.files().forEach((path, content) -> {
            if (pathBytes >= 0 && path.length() > pathBytes) {
                throw ServerError.PERSONALITY_TOO_LARGE.with("file path", pathBytes);
            }
            if (bytes >= 0 && decodedLength(content) > bytes) {
                throw ServerError.PERSONALITY_TOO_LARGE.with("file content", bytes);
            }
        });
    }

    private static int decodedLength(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64).length;
        } catch (IllegalArgumentException exception) {
            throw ServerError.PERSONALITY_INVALID.because(exception, "Personality content needs to be valid base 64.");
        }
    }

    private static void requireBase64(String text) {
        if (text.length() > MAXIMUM_USER_DATA_BYTES) {
            throw ServerError.USER_DATA_INVALID.with();
        }
        try {
            byte[] ignored = Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException exception) {
            throw ServerError.USER_DATA_INVALID.because(exception);
        }
    }

    private static String reservationId() {
        StringBuilder id = new StringBuilder("r-");
        for (int i = 0; i < 8; i++) {
            id.append(RESERVATION_CHARACTERS.charAt(RANDOM.nextInt(RESERVATION_CHARACTERS.length())));
        }
        return id.toString();
    }
}
