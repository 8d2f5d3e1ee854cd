package io.kilonova.libvirt;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * What a guest that runs has found in its machine and must find there for as long as it runs: the machine's version, the
 * processor, the place of each device, and what its cards offer. A destination defines the guest from its state as it would any other; of the
 * running definition nothing but this is taken over, and so no file, device or address of the source's host.
 */
final class RunningGuest {
    private static final Set<String> PLACES = Set.of("pci", "drive", "virtio-serial", "usb", "isa");

    private final DomainDocument running;

    RunningGuest(DomainDocument running) {
        this.running = running;
    }

    /** A destination's definition for this guest. */
    String definedBy(DomainDocument destination) {
        Optional<Element> type = running.first("os/type");
        Optional<Element> machine = destination.first("os/type");
        if (type.isPresent() && machine.isPresent()) {
            machine.get().setAttribute("machine", type.get().getAttribute("machine"));
        }
        running.first("cpu").ifPresent(cpu -> destination.first("cpu").ifPresent(other -> replace(other, cpu)));
        Map<String, Element> devices = devices(running);
        devices(destination).forEach((name, device) -> {
            Element same = devices.get(name);
            if (same != null) {
                take(device, place(device), place(same));
                if (device.getLocalName().equals("interface")) {
                    take(device, child(device, "driver"), child(same, "driver"));
                }
            }
        });
        return DomainDocument.text(destination.root());
    }

    /** The devices by what they are to the guest: a disk by its name, a card by its address, others by their order. */
    private static Map<String, Element> devices(DomainDocument document) {
        Map<String, Element> devices = new HashMap<>();
        for (Element device : document.at("devices/*")) {
            String name = device.getLocalName() + identity(device);
            int number = 0;
            while (devices.containsKey(name + " " + number)) {
                number++;
            }
            devices.put(name + " " + number, device);
        }
        return devices;
    }

    private static String identity(Element device) {
        return switch (device.getLocalName()) {
            case "disk" -> attribute(device, "target", "dev");
            case "interface" -> attribute(device, "mac", "address");
            case "controller" -> device.getAttribute("type") + device.getAttribute("index");
            default -> "";
        };
    }

    private static String attribute(Element device, String of, String name) {
        return child(device, of).map(element -> element.getAttribute(name)).orElse("");
    }

    private static Optional<Element> place(Element device) {
        return child(device, "address").filter(address -> PLACES.contains(address.getAttribute("type")));
    }

    private static Optional<Element> child(Element device, String name) {
        return DomainDocument.children(device, name).stream().findFirst();
    }

    private static void take(Element device, Optional<Element> old, Optional<Element> by) {
        old.ifPresent(device::removeChild);
        by.ifPresent(element -> device.appendChild(device.getOwnerDocument().importNode(element, true)));
    }

    private static void replace(Element old, Element by) {
        Node parent = old.getParentNode();
        parent.replaceChild(old.getOwnerDocument().importNode(by, true), old);
    }
}
