package io.kilonova.libvirt;

import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** Writes the definition of a domain, whole and from its plan alone, each time. */
final class DomainDefinition {
    /** The namespace of what a domain's metadata holds of ours. */
    static final String NAMESPACE = "https://kilonova.io/xmlns/guest/1";

    private static final String PREFIX = "kilonova:";
    private static final String TRANSLATION_CACHE_MEBIBYTES = "256";

    /** Whether Open vSwitch forwards in the kernel, which takes packets with unfinished checksums. */
    private static final boolean SWITCH_IN_KERNEL = Files.isDirectory(Path.of("/sys/module/openvswitch"));

    private final DomainPlan plan;
    private final DomainWriter xml = new DomainWriter();

    private DomainDefinition(DomainPlan plan) {
        this.plan = plan;
    }

    /** The definition of a domain. */
    static String of(DomainPlan plan) {
        DomainDefinition definition = new DomainDefinition(plan);
        definition.domain();
        return definition.xml.document();
    }

    /** The definition of a card alone, for plugging it into a running guest and out of it. */
    static String of(GuestInterface card, GuestShape shape) {
        DomainWriter xml = new DomainWriter();
        card(xml, card, shape);
        return xml.document();
    }

    private void domain() {
        GuestSpecification guest = plan.guest();
        xml.element(
                "domain",
                () -> {
                    xml.text("name", guest.hypervisorName());
                    xml.text("uuid", guest.id());
                    metadata();
                    xml.text("memory", String.valueOf(guest.memoryMebibytes()), "unit", "MiB");
                    xml.text("vcpu", String.valueOf(guest.virtualCpus()), "placement", "static");
                    identity();
                    boot();
                    xml.element("features", this::features);
                    processor();
                    clock();
                    xml.text("on_poweroff", "destroy");
                    xml.text("on_reboot", "restart");
                    xml.text("on_crash", "destroy");
                    xml.element("devices", this::devices);
                },
                "type",
                plan.virtualisation().label());
    }

    /** What tells that the domain is ours, and what destroying it needs to know of its cards. */
    private void metadata() {
        GuestSpecification guest = plan.guest();
        xml.element(
                "metadata",
                () -> xml.element(
                        PREFIX + "guest",
                        () -> {
                            xml.text(PREFIX + "name", guest.displayName());
                            for (GuestInterface card : guest.interfaces()) {
                                xml.empty(
                                        PREFIX + "card",
                                        "port",
                                        card.portId(),
                                        "tap",
                                        card.tapName(),
                                        "mac",
                                        card.macAddress(),
                                        "mtu",
                                        String.valueOf(card.maximumTransmissionUnit()),
                                        "model",
                                        card.model());
                            }
                        },
                        "xmlns:kilonova",
                        NAMESPACE,
                        "server",
                        guest.id()));
    }

    /** SMBIOS. cloud-init knows an OpenStack cloud by the product's name. */
    private void identity() {
        xml.element(
                "sysinfo",
                () -> xml.element("system", () -> {
                    xml.text("entry", "Kilonova", "name", "manufacturer");
                    xml.text("entry", "OpenStack Compute", "name", "product");
                    xml.text("entry", plan.guest().id(), "name", "serial");
                    xml.text("entry", plan.guest().id(), "name", "uuid");
                    xml.text("entry", "Virtual Machine", "name", "family");
                }),
                "type",
                "smbios");
    }

    private void boot() {
        xml.element(
                "os",
                () -> {
                    if (plan.shape().machine().isPresent()) {
                        xml.text(
                                "type", "hvm", "machine", plan.shape().machine().get());
                    } else {
                        xml.text("type", "hvm");
                    }
                    plan.kernel().ifPresent(kernel -> {
                        xml.text("kernel", kernel.file().toString());
                        kernel.ramdisk().ifPresent(ramdisk -> xml.text("initrd", ramdisk.toString()));
                        xml.text("cmdline", commandLine(kernel.commandLine()));
                    });
                    xml.empty("smbios", "mode", "sysinfo");
                },
                plan.shape().firmware() ? new String[] {"firmware", "efi"} : new String[0]);
    }

    /** Emulated processors are too slow for two of the kernel's checks of its clocks, which stop it on a busy host. */
    private String commandLine(String given) {
        return switch (plan.virtualisation()) {
            case KVM -> given;
            case QEMU -> {
                String line = given;
                for (String word : new String[] {"no_timer_check", "tsc=reliable"}) {
                    line = line.contains(word) ? line : (line + " " + word).strip();
                }
                yield line;
            }
        };
    }

    private void features() {
        xml.empty("acpi");
        xml.empty("apic");
        if (plan.virtualisation() == VirtualisationType.QEMU) {
            // QEMU's own choice is 1 GiB a guest for translated code, outside of the guest's memory.
            xml.element("tcg", () -> xml.text("tb-cache", TRANSLATION_CACHE_MEBIBYTES, "unit", "MiB"));
        }
    }

    private void processor() {
        // Emulation: all that QEMU can emulate, for distributions that need x86-64-v2.
        String mode = plan.virtualisation() == VirtualisationType.KVM ? "host-model" : "maximum";
        xml.element(
                "cpu",
                () -> plan.shape()
                        .topology()
                        .ifPresent(topology -> xml.empty(
                                "topology",
                                "sockets",
                                String.valueOf(topology.sockets()),
                                "cores",
                                String.valueOf(topology.cores()),
                                "threads",
                                String.valueOf(topology.threads()))),
                "mode",
                mode,
                "check",
                plan.virtualisation() == VirtualisationType.KVM ? "partial" : "none");
    }

    private void clock() {
        xml.element(
                "clock",
                () -> {
                    if (plan.virtualisation() == VirtualisationType.KVM) {
                        xml.empty("timer", "name", "pit", "tickpolicy", "delay");
                        xml.empty("timer", "name", "rtc", "tickpolicy", "catchup");
                        xml.empty("timer", "name", "hpet", "present", "no");
                    }
                },
                "offset",
                "utc");
    }

    private void devices() {
        Map<DiskBus, Integer> places = new EnumMap<>(DiskBus.class);
        for (GuestDisk disk : plan.disks()) {
            disk(disk, places);
        }
        if (plan.disks().stream().anyMatch(disk -> disk.bus() == DiskBus.SCSI)) {
            xml.empty("controller", "type", "scsi", "model", "virtio-scsi");
        }
        for (GuestInterface card : plan.guest().interfaces()) {
            card(xml, card, plan.shape());
        }
        xml.element(
                "serial",
                () -> {
                    xml.empty("log", "file", plan.consoleLog().toString(), "append", "on");
                    xml.empty("target", "port", "0");
                },
                "type",
                "pty");
        if (plan.shape().guestAgent()) {
            xml.element(
                    "channel",
                    () -> xml.empty("target", "type", "virtio", "name", "org.qemu.guest_agent.0"),
                    "type",
                    "unix");
        }
        if (plan.shape().tablet()) {
            xml.empty("input", "type", "tablet", "bus", "usb");
        }
        xml.empty("graphics", "type", "vnc", "port", "-1", "autoport", "yes", "listen", "127.0.0.1");
        xml.element("video", () -> xml.empty("model", "type", plan.shape().video()));
        plan.shape().watchdog().ifPresent(action -> xml.empty("watchdog", "model", "i6300esb", "action", action));
        xml.element("memballoon", () -> xml.empty("stats", "period", "10"), "model", "virtio");
        if (plan.shape().randomness()) {
            xml.element("rng", () -> xml.text("backend", "/dev/urandom", "model", "random"), "model", "virtio");
        }
    }

    private void disk(GuestDisk disk, Map<DiskBus, Integer> places) {
        boolean cdrom = disk.kind() == GuestDisk.Kind.CDROM;
        int place = places.merge(disk.bus(), 1, Integer::sum) - 1;
        xml.element(
                "disk",
                () -> {
                    if (cdrom) {
                        xml.empty(
                                "driver", "name", "qemu", "type", disk.format().label());
                    } else {
                        xml.empty(
                                "driver",
                                "name",
                                "qemu",
                                "type",
                                disk.format().label(),
                                "cache",
                                plan.cacheMode(),
                                "discard",
                                "unmap");
                    }
                    xml.empty("source", "file", disk.file().toString());
                    if (disk.backing().isPresent()) {
                        BaseImage base = disk.backing().get();
                        xml.element(
                                "backingStore",
                                () -> {
                                    xml.empty("format", "type", base.format().label());
                                    xml.empty("source", "file", base.file().toString());
                                    // The end of the chain is said too: what the base's own header names is never
                                    // opened.
                                    xml.empty("backingStore");
                                },
                                "type",
                                "file");
                    } else {
                        xml.empty("backingStore");
                    }
                    xml.empty(
                            "target",
                            "dev",
                            disk.bus().prefix() + (char) ('a' + place),
                            "bus",
                            disk.bus().label());
                    if (cdrom) {
                        xml.empty("readonly");
                    } else {
                        xml.text("serial", disk.serial());
                    }
                    disk.bootOrder().ifPresent(order -> xml.empty("boot", "order", String.valueOf(order)));
                },
                "type",
                "file",
                "device",
                cdrom ? "cdrom" : "disk");
    }

    private static void card(DomainWriter xml, GuestInterface card, GuestShape shape) {
        xml.element(
                "interface",
                () -> {
                    xml.empty("mac", "address", card.macAddress());
                    xml.empty("target", "dev", card.tapName(), "managed", "yes");
                    xml.empty("model", "type", shape.modelOf(card));
                    if (!SWITCH_IN_KERNEL && shape.modelOf(card).equals("virtio")) {
                        xml.element("driver", () -> withoutOffload(xml), "name", "qemu");
                    }
                    xml.empty("mtu", "size", String.valueOf(card.maximumTransmissionUnit()));
                },
                "type",
                "ethernet");
    }

    /**
     * A switch in user space sees packets as the guest wrote them and drops those whose checksum was left for the host to
     * fill in: the card then offers the guest no such thing.
     */
    private static void withoutOffload(DomainWriter xml) {
        xml.empty("host", "csum", "off", "gso", "off", "tso4", "off", "tso6", "off", "ecn", "off", "ufo", "off");
        xml.empty("guest", "csum", "off", "tso4", "off", "tso6", "off", "ecn", "off", "ufo", "off");
    }
}
