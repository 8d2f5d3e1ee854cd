package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RunningGuestTest {
    private static final String RUNNING = """
            <domain id='7'><name>guest</name><os><type machine='pc-i440fx-7.2'>hvm</type></os>
            <cpu mode='custom'><model>Skylake</model></cpu>
            <devices>
              <disk><source file='/source/disk'/><target dev='vda'/><address type='pci' slot='0x09'/></disk>
              <disk><source file='/source/secret'/><target dev='vdz'/><address type='pci' slot='0x0a'/></disk>
              <interface><mac address='fa:16:3e:00:00:02'/><source dev='host-device'/><address type='pci' slot='0x05'/></interface>
              <interface><mac address='fa:16:3e:00:00:01'/><driver><host csum='off'/></driver><address type='pci' slot='0x03'/></interface>
            </devices></domain>
            """;
    private static final String DESTINATION = """
            <domain><name>guest</name><os><type machine='pc-i440fx-9.0'>hvm</type></os><cpu mode='maximum'/>
            <devices>
              <disk><source file='/destination/disk'/><target dev='vda'/><address type='pci' slot='0x01'/></disk>
              <interface><mac address='fa:16:3e:00:00:01'/><address type='pci' slot='0x02'/></interface>
              <interface><mac address='fa:16:3e:00:00:02'/><driver><host csum='off'/></driver></interface>
              <video/>
            </devices></domain>
            """;

    @Test
    void a_running_guest_keeps_what_it_has_found_in_its_machine_and_nothing_of_the_source() {
        String text = new RunningGuest(DomainDocument.parse(RUNNING)).definedBy(DomainDocument.parse(DESTINATION));
        DomainDocument defined = DomainDocument.parse(text);
        assertThat(defined.first("os/type").orElseThrow().getAttribute("machine"))
                .isEqualTo("pc-i440fx-7.2");
        assertThat(defined.first("cpu/model").orElseThrow().getTextContent()).isEqualTo("Skylake");
        assertThat(defined.at("devices/disk/address"))
                .extracting(place -> place.getAttribute("slot"))
                .containsExactly("0x09");
        assertThat(defined.at("devices/interface/address"))
                .extracting(place -> place.getAttribute("slot"))
                .containsExactly("0x03", "0x05");
        assertThat(defined.at("devices/interface/driver")).hasSize(1);
        assertThat(text).contains("/destination/disk").doesNotContain("/source", "host-device", "vdz", "id=");
    }
}
