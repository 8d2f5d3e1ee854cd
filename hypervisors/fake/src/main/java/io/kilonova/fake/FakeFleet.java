package io.kilonova.fake;

import io.kilonova.spi.PowerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Many fake hosts that share one fate: one random source, one script of misfortunes, one record of what must never be. */
public final class FakeFleet implements AutoCloseable {
    private final Map<String, FakeHypervisor> hosts;
    private final FleetRecord record;

    private FakeFleet(Map<String, FakeHypervisor> hosts, FleetRecord record) {
        this.hosts = hosts;
        this.record = record;
    }

    /** A fleet as the options say, with the guests that its state folder holds. */
    public static FakeFleet of(FleetOptions options) {
        FleetRecord record = new FleetRecord(options.misfortunes(), options.seed());
        Map<String, FakeHypervisor> hosts = new LinkedHashMap<>();
        for (int number = 1; number <= options.hosts(); number++) {
            String name = options.namePrefix() + "%04d".formatted(number);
            hosts.put(
                    name,
                    new FakeHypervisor(
                            name, options, record, peer -> Optional.ofNullable(hosts.get(peer)), Optional.empty()));
        }
        return new FakeFleet(hosts, record);
    }

    /**
     * One host with a name of its own, as the options say otherwise; what survives the program also reaches other processes, and
     * is the host's by whatever name.
     */
    public static FakeFleet alone(String name, FleetOptions options) {
        FleetRecord record = new FleetRecord(options.misfortunes(), options.seed());
        Optional<Path> sockets = options.stateFolder().map(folder -> folder.resolve("arriving"));
        options.stateFolder().ifPresent(folder -> GuestJournal.takeOver(folder, name));
        return new FakeFleet(
                Map.of(name, new FakeHypervisor(name, options, record, peer -> Optional.empty(), sockets)), record);
    }

    /** All hosts, by number. */
    public List<FakeHypervisor> hosts() {
        return List.copyOf(hosts.values());
    }

    /** The host of that name. */
    public FakeHypervisor host(String name) {
        FakeHypervisor host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("the fleet has no host " + name);
        }
        return host;
    }

    /** Other misfortunes from now on; counts of {@link Misfortunes#onNth} begin anew. */
    public void strikeWith(Misfortunes misfortunes) {
        record.strikeWith(misfortunes);
    }

    /** The largest number of commands that were under way at the same time on all hosts together. */
    public int maximumConcurrency() {
        return record.maximumConcurrency();
    }

    /** How often a command was called, whatever came of it. */
    public long calls(Command command) {
        return record.calls(command);
    }

    /** Each time that a guest ran on two hosts at once, as a sentence. Empty is what must be. */
    public List<String> doubleRuns() {
        return record.doubleRuns();
    }

    /** Every guest of the fleet, by host. */
    public Map<String, List<FakeGuest>> guests() {
        Map<String, List<FakeGuest>> all = new TreeMap<>();
        hosts.forEach((name, host) -> all.put(name, host.fakeGuests()));
        return all;
    }

    /**
     * Every guest that the journals in {@code folder} hold, by host, without opening the fleet: how a test counts guests
     * after it killed the processes that made them.
     */
    public static Map<String, List<FakeGuest>> census(Path folder) {
        Map<String, List<FakeGuest>> all = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(GuestJournal.SUFFIX)) {
                    String host = name.substring(0, name.length() - GuestJournal.SUFFIX.length());
                    all.put(host, List.copyOf(GuestJournal.peek(file).values()));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot list " + folder, failure);
        }
        return all;
    }

    /** The guests of a census that run or are paused on more than one host, as sentences. */
    public static List<String> doubleRuns(Map<String, List<FakeGuest>> census) {
        Map<String, Set<String>> hostsOfGuest = new TreeMap<>();
        census.forEach((host, guests) -> guests.stream()
                .filter(FakeGuest::live)
                .forEach(guest -> hostsOfGuest
                        .computeIfAbsent(guest.id(), id -> new TreeSet<>())
                        .add(host)));
        List<String> sentences = new ArrayList<>();
        hostsOfGuest.forEach((guest, names) -> {
            if (names.size() > 1) {
                sentences.add("guest %s is live on %s".formatted(guest, names));
            }
        });
        return sentences;
    }

    /** The number of guests in a state, over all hosts. */
    public long count(PowerState power) {
        return hosts.values().stream()
                .flatMap(host -> host.fakeGuests().stream())
                .filter(guest -> guest.power() == power)
                .count();
    }

    /** Lets go of all hosts. Guests run on. */
    @Override
    public void close() {
        hosts.values().forEach(FakeHypervisor::close);
    }
}
