package io.kilonova.libvirt;

import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageReference;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What image properties and extra specs make of a guest, read once and in closed sets: a word that is not in its set
 * refuses the guest with {@link HypervisorError#IMAGE_UNUSABLE}, and so none reaches the definition unread.
 *
 * @param diskBus {@code hw_disk_bus}
 * @param cdromBus {@code hw_cdrom_bus}
 * @param machine {@code hw_machine_type}; empty for the hypervisor's own choice
 * @param video {@code hw_video_model}
 * @param cardModel {@code hw_vif_model}, which goes before what a card itself says
 * @param firmware whether the guest starts by UEFI ({@code hw_firmware_type})
 * @param topology {@code hw:cpu_sockets}, {@code cores} and {@code threads}, or their image properties
 * @param guestAgent {@code hw_qemu_guest_agent}
 * @param randomness {@code hw_rng:allowed}: whether the guest has a source of random numbers
 * @param tablet {@code hw_pointer_model}: an absolute pointer
 * @param watchdog {@code hw:watchdog_action} or {@code hw_watchdog_action}
 */
record GuestShape(
        DiskBus diskBus,
        DiskBus cdromBus,
        Optional<String> machine,
        String video,
        Optional<String> cardModel,
        boolean firmware,
        Optional<Topology> topology,
        boolean guestAgent,
        boolean randomness,
        boolean tablet,
        Optional<String> watchdog) {
    static final Set<String> VIDEO_MODELS =
            Set.of("vga", "cirrus", "vmvga", "xen", "qxl", "virtio", "gop", "bochs", "ramfb", "none");
    static final Set<String> CARD_MODELS =
            Set.of("virtio", "e1000", "e1000e", "rtl8139", "ne2k_pci", "pcnet", "vmxnet3", "igb");
    private static final Set<String> WATCHDOG_ACTIONS = Set.of("reset", "poweroff", "pause", "none");
    private static final Pattern MACHINE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,40}");
    private static final int TOPOLOGY_MAXIMUM = 4096;

    /** How the processors are laid out. */
    record Topology(int sockets, int cores, int threads) {}

    /** Reads the shape from a guest's properties. */
    static GuestShape of(ImageReference image, int virtualCpus, Map<String, String> properties) {
        Reader reader = new Reader(image, properties);
        Optional<String> machine = reader.text("hw_machine_type").map(word -> {
            if (!MACHINE.matcher(word).matches()) {
                throw reader.refuse("hw_machine_type", word);
            }
            return word;
        });
        // A q35 machine has no IDE.
        DiskBus cdrom = machine.filter(word -> word.contains("q35")).isPresent() ? DiskBus.SATA : DiskBus.IDE;
        return new GuestShape(
                reader.text("hw_disk_bus")
                        .map(word -> reader.bus("hw_disk_bus", word))
                        .orElse(DiskBus.VIRTIO),
                reader.text("hw_cdrom_bus")
                        .map(word -> reader.bus("hw_cdrom_bus", word))
                        .orElse(cdrom),
                machine,
                reader.oneOf("hw_video_model", VIDEO_MODELS).orElse("vga"),
                reader.oneOf("hw_vif_model", CARD_MODELS),
                reader.oneOf("hw_firmware_type", Set.of("bios", "uefi"))
                        .filter("uefi"::equals)
                        .isPresent(),
                reader.topology(virtualCpus),
                reader.yes("hw_qemu_guest_agent", false),
                reader.yes("hw_rng:allowed", true),
                reader.oneOf("hw_pointer_model", Set.of("usbtablet")).isPresent(),
                reader.oneOf("hw:watchdog_action", WATCHDOG_ACTIONS)
                        .or(() -> reader.oneOf("hw_watchdog_action", WATCHDOG_ACTIONS))
                        .filter(word -> !word.equals("none")));
    }

    /** The model of a card: the image's word goes before the card's own. */
    String modelOf(GuestInterface card) {
        String model = cardModel.orElse(card.model().isEmpty() ? "virtio" : card.model());
        if (!CARD_MODELS.contains(model)) {
            throw HypervisorError.SPECIFICATION_INVALID.with(card.portId(), "its card's model is not known");
        }
        return model;
    }

    /** Reads words out of the properties. */
    private record Reader(ImageReference image, Map<String, String> properties) {
        Optional<String> text(String key) {
            return Optional.ofNullable(properties.get(key)).map(String::strip).filter(word -> !word.isEmpty());
        }

        Optional<String> oneOf(String key, Set<String> words) {
            Optional<String> word = text(key);
            if (word.isPresent() && !words.contains(word.get())) {
                throw refuse(key, word.get());
            }
            return word;
        }

        DiskBus bus(String key, String word) {
            Map<String, DiskBus> buses =
                    Arrays.stream(DiskBus.values()).collect(Collectors.toMap(DiskBus::label, Function.identity()));
            return Optional.ofNullable(buses.get(word)).orElseThrow(() -> refuse(key, word));
        }

        boolean yes(String key, boolean otherwise) {
            return text(key)
                    .map(word -> word.toLowerCase(Locale.ROOT))
                    .map(List.of("true", "yes", "1", "on")::contains)
                    .orElse(otherwise);
        }

        Optional<Topology> topology(int virtualCpus) {
            int sockets = count("sockets");
            int cores = count("cores");
            int threads = count("threads");
            if (sockets == 0 && cores == 0 && threads == 0) {
                return Optional.empty();
            }
            int someThreads = Math.max(1, threads);
            int someCores = cores > 0 ? cores : sockets > 0 ? virtualCpus / (sockets * someThreads) : 1;
            int someSockets = sockets > 0 ? sockets : virtualCpus / Math.max(1, someCores * someThreads);
            if ((long) someSockets * someCores * someThreads != virtualCpus) {
                throw refuse("hw_cpu_sockets", "%d x %d x %d".formatted(someSockets, someCores, someThreads));
            }
            return Optional.of(new Topology(someSockets, someCores, someThreads));
        }

        private int count(String what) {
            Optional<String> word = text("hw:cpu_" + what).or(() -> text("hw_cpu_" + what));
            if (word.isEmpty()) {
                return 0;
            }
            try {
                int count = Integer.parseInt(word.get());
                if (count >= 1 && count <= TOPOLOGY_MAXIMUM) {
                    return count;
                }
            } catch (NumberFormatException notANumber) {
                throw refuse("hw_cpu_" + what, word.get());
            }
            throw refuse("hw_cpu_" + what, word.get());
        }

        RuntimeException refuse(String key, String word) {
            String shown = word.length() > 60 ? word.substring(0, 60) : word;
            return HypervisorError.IMAGE_UNUSABLE.with(
                    image.id(), "%s is '%s', which no guest here can have".formatted(key, shown));
        }
    }
}
