package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VirtualisationProbeTest {
    @TempDir
    Path state;

    @Test
    void kvm_is_believed_when_a_guest_was_seen_in_it_and_the_answer_is_kept() throws Exception {
        VirtualisationProbe probe = new VirtualisationProbe(state);
        Optional<String> against = probe.againstKvm();
        VirtualisationType answer = probe.decide(VirtualisationChoice.AUTO);
        assertThat(answer).isEqualTo(against.isEmpty() ? VirtualisationType.KVM : VirtualisationType.QEMU);
        List<String> kept = Files.readAllLines(state.resolve("virtualisation"));
        assertThat(kept.getFirst()).isEqualTo(answer.label());
        against.ifPresent(why -> assertThat(why).isNotEmpty());

        // The kept answer is what counts the next time, and only for the kernel and QEMU that it was found with.
        VirtualisationType other = answer == VirtualisationType.KVM ? VirtualisationType.QEMU : VirtualisationType.KVM;
        Files.write(state.resolve("virtualisation"), List.of(other.label(), kept.get(1), "kept"));
        assertThat(probe.decide(VirtualisationChoice.AUTO)).isEqualTo(other);
        Files.write(state.resolve("virtualisation"), List.of(other.label(), "kernel 2.6", "kept"));
        assertThat(probe.decide(VirtualisationChoice.AUTO)).isEqualTo(answer);
        assertThat(probe.decide(VirtualisationChoice.QEMU)).isEqualTo(VirtualisationType.QEMU);
    }
}
