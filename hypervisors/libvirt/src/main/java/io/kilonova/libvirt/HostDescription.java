package io.kilonova.libvirt;

import io.kilonova.spi.HostInventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;
import tools.jackson.databind.json.JsonMapper;

/** Reads what a host is and has. */
final class HostDescription {
    private static final Logger LOG = LoggerFactory.getLogger(HostDescription.class);
    private static final Pattern OWNER = Pattern.compile("\\+(\\d{1,9}):\\+(\\d{1,9})");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private HostDescription() {}

    /** The inventory of a host whose guests' disks are in {@code instances}. */
    static HostInventory read(
            LibvirtConnection connection, String address, Path instances, VirtualisationType virtualisation) {
        NodeInformation node = connection.node();
        DomainDocument capabilities = DomainDocument.parse(connection.capabilities());
        String architecture =
                capabilities.first("host/cpu/arch").map(Element::getTextContent).orElse("x86_64");
        Set<String> features = new TreeSet<>();
        for (Element feature : capabilities.at("host/cpu/feature")) {
            features.add(feature.getAttribute("name"));
        }
        Set<String> guestFeatures = guestFeatures(connection, architecture, virtualisation);
        return new HostInventory(
                "QEMU",
                connection.version(),
                connection.hostname(),
                address,
                node.processors(),
                node.memoryKibibytes() / 1024,
                diskGibibytes(instances),
                cpuInformation(capabilities, architecture, node, features),
                ProcessorTraits.of(guestFeatures.isEmpty() ? features : guestFeatures));
    }

    /** Whom QEMU runs as here, as user and group, when it is not root. */
    static Optional<DiskOwner> emulatorUser(LibvirtConnection connection) {
        return DomainDocument.parse(connection.capabilities()).at("host/secmodel").stream()
                .filter(model -> DomainDocument.children(model, "model").stream()
                        .anyMatch(name -> name.getTextContent().equals("dac")))
                .flatMap(model -> DomainDocument.children(model, "baselabel").stream())
                .map(label -> OWNER.matcher(label.getTextContent()))
                .filter(Matcher::matches)
                .map(owner -> new DiskOwner(Integer.parseInt(owner.group(1)), Integer.parseInt(owner.group(2))))
                .findFirst();
    }

    private static String cpuInformation(
            DomainDocument capabilities, String architecture, NodeInformation node, Set<String> features) {
        Map<String, Object> topology = new LinkedHashMap<>();
        topology.put("cells", node.cells());
        topology.put("sockets", node.sockets());
        topology.put("cores", node.cores());
        topology.put("threads", node.threads());
        Map<String, Object> cpu = new LinkedHashMap<>();
        cpu.put("arch", architecture);
        cpu.put("model", text(capabilities, "host/cpu/model"));
        cpu.put("vendor", text(capabilities, "host/cpu/vendor"));
        cpu.put("topology", topology);
        cpu.put("features", List.copyOf(features));
        return JSON.writeValueAsString(cpu);
    }

    private static String text(DomainDocument document, String path) {
        return document.first(path).map(Element::getTextContent).orElse("");
    }

    /** The features that a guest's processor can have, which emulation and the host's own processor differ in. */
    private static Set<String> guestFeatures(
            LibvirtConnection connection, String architecture, VirtualisationType virtualisation) {
        Set<String> features = new TreeSet<>();
        try {
            DomainDocument domain =
                    DomainDocument.parse(connection.domainCapabilities(architecture, virtualisation.label()));
            Optional<Element> model = domain.at("cpu/mode").stream()
                    .filter(mode -> mode.getAttribute("name").equals("host-model"))
                    .filter(mode -> mode.getAttribute("supported").equals("yes"))
                    .findFirst();
            if (model.isEmpty()) {
                return features;
            }
            String expanded = connection.expandedCpu(architecture, virtualisation.label(), cpuElement(model.get()));
            for (Element feature : DomainDocument.parse(expanded).at("feature")) {
                if (!feature.getAttribute("policy").equals("disable")) {
                    features.add(feature.getAttribute("name"));
                }
            }
        } catch (LibvirtException refusal) {
            if (refusal.fault().unreachable()) {
                throw refusal;
            }
            LOG.info("libvirt cannot tell what guests' processors can do: {}", refusal.getMessage());
        }
        return features;
    }

    /** The content of a {@code mode} as a {@code cpu} of its own. */
    private static String cpuElement(Element mode) {
        Element cpu = mode.getOwnerDocument().createElement("cpu");
        while (mode.getFirstChild() != null) {
            cpu.appendChild(mode.getFirstChild());
        }
        return DomainDocument.text(cpu);
    }

    private static long diskGibibytes(Path instances) {
        try {
            return Files.getFileStore(instances).getTotalSpace() >> 30;
        } catch (IOException unreadable) {
            LOG.warn("The file system of {} cannot be read: {}", instances, unreadable.toString());
            return 0;
        }
    }
}
