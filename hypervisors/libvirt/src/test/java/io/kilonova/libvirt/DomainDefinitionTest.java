package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class DomainDefinitionTest {
    private static final GuestSpecification GUEST = Specifications.of(Specifications.IMAGE);

    @Test
    void a_definition_says_all_that_the_specification_says() throws Exception {
        Document xml = define(Specifications.with(GUEST, Specifications.card("virtio")), VirtualisationType.KVM);
        assertThat(all(xml, "/domain/@type")).containsExactly("kvm");
        assertThat(all(xml, "/domain/name")).containsExactly("instance-0000002a");
        assertThat(all(xml, "/domain/uuid")).containsExactly(Specifications.ID);
        assertThat(all(xml, "/domain/memory[@unit='MiB']")).containsExactly("512");
        assertThat(all(xml, "/domain/vcpu")).containsExactly("2");
        assertThat(all(xml, "/domain/cpu/@mode")).containsExactly("host-model");
        assertThat(all(xml, "//interface/@type")).containsExactly("ethernet");
        assertThat(all(xml, "//interface/target[@managed='yes']/@dev")).containsExactly("tap3f2c1d84-0a");
        assertThat(all(xml, "//interface/mac/@address")).containsExactly("fa:16:3e:00:00:01");
        assertThat(all(xml, "//interface/mtu/@size")).containsExactly("1442");
        assertThat(all(xml, "//interface/model/@type")).containsExactly("virtio");
        assertThat(all(xml, "//serial[@type='pty']/log[@append='on']/@file")).containsExactly("/i/console.log");
        assertThat(all(xml, "//graphics[@type='vnc' and @autoport='yes']/@listen"))
                .containsExactly("127.0.0.1");
        assertThat(all(xml, "//sysinfo/system/entry[@name='serial']")).containsExactly(Specifications.ID);
        assertThat(all(xml, "//sysinfo/system/entry[@name='product']")).containsExactly("OpenStack Compute");
        assertThat(all(xml, "//rng/backend")).containsExactly("/dev/urandom");
        assertThat(all(xml, "//memballoon/@model")).containsExactly("virtio");
    }

    @Test
    void every_file_of_a_chain_is_named_with_its_format_and_the_chain_has_an_end() throws Exception {
        Document xml = define(GUEST, VirtualisationType.KVM);
        assertThat(all(xml, "//disk/driver/@type")).containsExactly("qcow2");
        assertThat(all(xml, "//disk/driver/@cache")).containsExactly("none");
        assertThat(all(xml, "//disk/source/@file")).containsExactly("/i/disk");
        assertThat(all(xml, "//disk/backingStore/format/@type")).containsExactly("raw");
        assertThat(all(xml, "//disk/backingStore/source/@file")).containsExactly("/i/_base/b");
        assertThat(all(xml, "//disk/backingStore/backingStore[not(node())]")).hasSize(1);
        assertThat(all(xml, "//disk/target/@dev")).containsExactly("vda");
    }

    @Test
    void properties_of_the_image_shape_the_guest() throws Exception {
        Document xml = define(
                Specifications.with(
                        Specifications.with(GUEST, Specifications.card("virtio")),
                        Map.of(
                                "hw_disk_bus", "scsi",
                                "hw_vif_model", "e1000",
                                "hw_video_model", "virtio",
                                "hw_machine_type", "q35",
                                "hw_firmware_type", "uefi",
                                "hw_qemu_guest_agent", "yes",
                                "hw_rng:allowed", "false",
                                "hw:cpu_cores", "2",
                                "hw_watchdog_action", "reset")),
                VirtualisationType.KVM);
        assertThat(all(xml, "//disk/target/@bus")).containsExactly("scsi");
        assertThat(all(xml, "//controller/@model")).containsExactly("virtio-scsi");
        assertThat(all(xml, "//interface/model/@type")).containsExactly("e1000");
        assertThat(all(xml, "//video/model/@type")).containsExactly("virtio");
        assertThat(all(xml, "/domain/os/type/@machine")).containsExactly("q35");
        assertThat(all(xml, "/domain/os/@firmware")).containsExactly("efi");
        assertThat(all(xml, "//channel/target/@name")).containsExactly("org.qemu.guest_agent.0");
        assertThat(all(xml, "//rng")).isEmpty();
        assertThat(all(xml, "//cpu/topology/@sockets")).containsExactly("1");
        assertThat(all(xml, "//cpu/topology/@cores")).containsExactly("2");
        assertThat(all(xml, "//watchdog/@action")).containsExactly("reset");
    }

    @Test
    void a_word_that_no_guest_can_have_is_refused() {
        for (Map<String, String> wrong : List.of(
                Map.of("hw_disk_bus", "virtio'/><hostdev/>"),
                Map.of("hw_vif_model", "<script path='/bin/sh'/>"),
                Map.of("hw_video_model", "vga\"/>"),
                Map.of("hw_machine_type", "pc' x='"),
                Map.of("hw_cpu_sockets", "3"),
                Map.of("hw:cpu_threads", "-1"),
                Map.of("hw_watchdog_action", "explode"))) {
            assertThatThrownBy(() -> define(Specifications.with(GUEST, wrong), VirtualisationType.KVM))
                    .as(wrong.toString())
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            failure -> assertThat(failure.code()).isEqualTo(HypervisorError.IMAGE_UNUSABLE));
        }
    }

    @Test
    void a_display_name_stays_text_whatever_is_in_it() throws Exception {
        Random random = new Random(7);
        List<String> names = new ArrayList<>(List.of(
                "</kilonova:name></kilonova:guest></metadata><devices><hostdev/></devices>",
                "]]>",
                "<![CDATA[",
                "<!--",
                "&lt;&#0;&xxe;",
                "<!DOCTYPE x [<!ENTITY xxe SYSTEM 'file:///etc/passwd'>]>",
                "\u0000\u0001\u001b[31m\u007f\uFFFE\uD800",
                "'\"\r\n\t"));
        for (int round = 0; round < 200; round++) {
            StringBuilder name = new StringBuilder();
            random.ints(40, 0, 0x300).forEach(name::appendCodePoint);
            names.add(name.toString());
        }
        for (String name : names) {
            Document xml = define(Specifications.named(GUEST, name), VirtualisationType.KVM);
            assertThat(all(xml, "//hostdev")).isEmpty();
            assertThat(all(xml, "//*[local-name()='name' and namespace-uri()='" + DomainDefinition.NAMESPACE + "']"))
                    .hasSize(1);
            assertThat(all(xml, "/domain/devices")).hasSize(1);
        }
    }

    @Test
    void names_that_would_become_files_devices_or_arguments_are_refused() {
        List<GuestSpecification> wrong = List.of(
                Specifications.identified(GUEST, "../../etc"),
                Specifications.identified(GUEST, Specifications.ID + "/.."),
                Specifications.identified(GUEST, "_base"),
                Specifications.with(GUEST, new GuestInterface("p", "../tap", "fa:16:3e:00:00:01", 1442, "virtio")),
                Specifications.with(GUEST, new GuestInterface("p", "-tap", "fa:16:3e:00:00:01", 1442, "virtio")),
                Specifications.with(GUEST, new GuestInterface("p", "a234567890123456", "fa:16:3e:00:00:01", 1442, "")),
                Specifications.with(GUEST, new GuestInterface("p", "tap0", "fa:16:3e:00:00:01'/>", 1442, "virtio")),
                Specifications.with(GUEST, new GuestInterface("p", "tap0", "fa:16:3e:00:00:01", 1, "virtio")));
        for (GuestSpecification guest : wrong) {
            assertThatThrownBy(() -> SpecificationCheck.of(guest))
                    .as(guest.toString())
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            failure -> assertThat(failure.code()).isEqualTo(HypervisorError.SPECIFICATION_INVALID));
        }
    }

    @Test
    void an_emulated_guest_gets_what_emulation_needs() throws Exception {
        DomainPlan.Kernel kernel =
                new DomainPlan.Kernel(Path.of("/k"), Optional.of(Path.of("/r")), "console=ttyS0 no_timer_check");
        DomainPlan plan = new DomainPlan(
                GUEST,
                shape(GUEST),
                VirtualisationType.QEMU,
                List.of(),
                Optional.of(kernel),
                "writeback",
                Path.of("/i/console.log"));
        Document xml = parse(DomainDefinition.of(plan));
        assertThat(all(xml, "/domain/@type")).containsExactly("qemu");
        assertThat(all(xml, "/domain/cpu/@mode")).containsExactly("maximum");
        assertThat(all(xml, "/domain/os/cmdline")).containsExactly("console=ttyS0 no_timer_check tsc=reliable");
        assertThat(all(xml, "/domain/os/kernel")).containsExactly("/k");
        assertThat(all(xml, "/domain/os/initrd")).containsExactly("/r");
        assertThat(all(xml, "/domain/features/tcg/tb-cache")).hasSize(1);
    }

    @Test
    void the_cards_in_the_metadata_are_read_back_as_they_were() throws Exception {
        GuestInterface card = Specifications.card("virtio");
        Document xml = define(Specifications.with(GUEST, card), VirtualisationType.KVM);
        DomainDocument document = DomainDocument.parse(text(Specifications.with(GUEST, card), VirtualisationType.KVM));
        DomainDocument metadata =
                DomainDocument.of(document.first("metadata/guest").orElseThrow());
        assertThat(metadata.cards()).containsExactly(card);
        assertThat(document.hasCard("FA:16:3E:00:00:01")).isTrue();
        assertThat(all(xml, "//*[local-name()='guest']/@server")).containsExactly(Specifications.ID);
    }

    private static Document define(GuestSpecification guest, VirtualisationType type) throws Exception {
        return parse(text(guest, type));
    }

    private static String text(GuestSpecification guest, VirtualisationType type) {
        GuestDisk disk = new GuestDisk(
                Path.of("/i/disk"),
                DiskFormat.QCOW2,
                Optional.of(new BaseImage(Path.of("/i/_base/b"), DiskFormat.RAW)),
                GuestDisk.Kind.DISK,
                shape(guest).diskBus(),
                "serial",
                Optional.of(1));
        return DomainDefinition.of(new DomainPlan(
                guest, shape(guest), type, List.of(disk), Optional.empty(), "none", Path.of("/i/console.log")));
    }

    private static GuestShape shape(GuestSpecification guest) {
        return GuestShape.of(guest.image(), guest.virtualCpus(), guest.properties());
    }

    private static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<String> all(Document xml, String path) throws Exception {
        NodeList nodes =
                (NodeList) XPathFactory.newDefaultInstance().newXPath().evaluate(path, xml, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int index = 0; index < nodes.getLength(); index++) {
            texts.add(nodes.item(index).getTextContent());
        }
        return texts;
    }
}
