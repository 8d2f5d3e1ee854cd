package io.kilonova.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether KVM works here, by a guest that says a line. libvirt calls KVM available when {@code /dev/kvm}
 * exists; inside some virtual machines the device is there and guests in it abort, or crawl: on one such machine this
 * guest took 0.15 s by emulation and 2.8 s by KVM, and Linux never said a word. So KVM must also not be slower than
 * emulation. The answer is kept beside the kernel and QEMU that it holds for.
 */
final class VirtualisationProbe {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualisationProbe.class);
    private static final String QEMU = "qemu-system-x86_64";
    private static final String LINE = "KILONOVA-PROBE-READY";
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration ALLOWANCE = Duration.ofMillis(500);
    private static final String ANSWER = "virtualisation";

    private final Path state;

    VirtualisationProbe(Path state) {
        this.state = state;
    }

    /** The answer, kept from before or found now; finding it takes seconds. */
    VirtualisationType decide(VirtualisationChoice choice) {
        return switch (choice) {
            case KVM -> VirtualisationType.KVM;
            case QEMU -> VirtualisationType.QEMU;
            case AUTO -> kept().orElseGet(this::find);
        };
    }

    private Optional<VirtualisationType> kept() {
        try {
            List<String> lines = Files.readAllLines(state.resolve(ANSWER));
            if (lines.size() >= 2 && lines.get(1).equals(validFor())) {
                return switch (lines.getFirst()) {
                    case "kvm" -> Optional.of(VirtualisationType.KVM);
                    case "qemu" -> Optional.of(VirtualisationType.QEMU);
                    default -> Optional.empty();
                };
            }
        } catch (IOException notThere) {
            LOG.debug("No answer was kept in {}", state);
        }
        return Optional.empty();
    }

    private VirtualisationType find() {
        Optional<String> against = againstKvm();
        VirtualisationType answer = against.isEmpty() ? VirtualisationType.KVM : VirtualisationType.QEMU;
        against.ifPresent(why -> LOG.warn("Guests are emulated, 5 to 30 times slower than with KVM: {}", why));
        try {
            Path part = state.resolve(ANSWER + ".part");
            Files.write(part, List.of(answer.label(), validFor(), against.orElse("a guest ran in KVM")));
            Files.move(part, state.resolve(ANSWER), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unkept) {
            LOG.warn("The answer could not be kept and will be looked for again: {}", unkept.toString());
        }
        return answer;
    }

    /** Why not KVM; empty when it works. */
    Optional<String> againstKvm() {
        if (!Files.isReadable(Path.of("/dev/kvm"))) {
            return Optional.of("/dev/kvm is not there, or not for us");
        }
        try {
            Duration emulated = run("tcg", "max");
            Duration hardware = run("kvm", "host");
            if (hardware.compareTo(emulated.multipliedBy(2).plus(ALLOWANCE)) > 0) {
                return Optional.of("a guest in KVM took %d ms for what emulation did in %d ms"
                        .formatted(hardware.toMillis(), emulated.toMillis()));
            }
            return Optional.empty();
        } catch (IOException failed) {
            return Optional.of(String.valueOf(failed.getMessage()));
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return Optional.of("the probe was cancelled");
        }
    }

    /** How long a guest took to say its line. */
    private Duration run(String accelerator, String processor) throws IOException, InterruptedException {
        Path disk = Files.createTempFile(state, "probe", ".img");
        try (InputStream sector = VirtualisationProbe.class.getResourceAsStream("boot-sector.bin")) {
            if (sector == null) {
                throw new IOException("the probe's boot sector is missing from this program");
            }
            Files.copy(sector, disk, StandardCopyOption.REPLACE_EXISTING);
            List<String> command = new ArrayList<>(List.of(QEMU, "-accel", accelerator, "-cpu", processor, "-m", "16"));
            command.addAll(List.of("-display", "none", "-nodefaults", "-no-user-config", "-serial", "stdio"));
            command.addAll(List.of("-drive", "file=" + disk + ",format=raw,if=ide", "-no-reboot"));
            long start = System.nanoTime();
            Process guest = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            Thread deadline = Thread.startVirtualThread(() -> cutAtDeadline(guest));
            try {
                String said = said(guest.getInputStream());
                if (!said.endsWith(LINE)) {
                    throw new IOException("a guest in %s said nothing%s".formatted(accelerator, reason(said)));
                }
                return Duration.ofNanos(System.nanoTime() - start);
            } finally {
                deadline.interrupt();
                guest.destroyForcibly().waitFor();
            }
        } finally {
            Files.delete(disk);
        }
    }

    private static void cutAtDeadline(Process guest) {
        try {
            if (!guest.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                guest.destroyForcibly();
            }
        } catch (InterruptedException saidItsLine) {
            Thread.currentThread().interrupt();
        }
    }

    private static String said(InputStream output) throws IOException {
        StringBuilder said = new StringBuilder();
        int character = output.read();
        while (character >= 0 && said.length() < 4096) {
            said.append((char) character);
            if (said.toString().endsWith(LINE)) {
                break;
            }
            character = output.read();
        }
        return said.toString();
    }

    private static String reason(String said) {
        return said.lines()
                .filter(line -> line.startsWith(QEMU))
                .findFirst()
                .map(line -> ": " + line.substring(QEMU.length() + 1).strip())
                .orElse("");
    }

    /** What the answer holds for: another kernel or QEMU may change it. */
    private static String validFor() {
        try {
            String kernel =
                    Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
            Path binary = Path.of("/usr/bin", QEMU);
            String qemu =
                    Files.exists(binary) ? Files.getLastModifiedTime(binary).toString() : "absent";
            return "kernel %s, QEMU of %s, kvm %s"
                    .formatted(kernel, qemu, Files.isReadable(Path.of("/dev/kvm")) ? "there" : "absent");
        } catch (IOException unreadable) {
            return "unknown";
        }
    }
}
