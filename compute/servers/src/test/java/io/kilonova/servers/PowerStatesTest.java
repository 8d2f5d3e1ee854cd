package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.spi.PowerState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PowerStatesTest {
    @ParameterizedTest
    @CsvSource({
        "ACTIVE, PAUSED, PAUSED",
        "ACTIVE, SUSPENDED, SUSPENDED",
        "ACTIVE, CRASHED, STOPPED",
        "PAUSED, RUNNING, ACTIVE",
        "STOPPED, RUNNING, ACTIVE",
        "SUSPENDED, RUNNING, ACTIVE",
        "SUSPENDED, SHUT_DOWN, STOPPED"
    })
    void a_server_becomes_what_its_guest_is(VmState before, PowerState guest, VmState after) {
        assertThat(PowerStates.settles(before, guest)).contains(after);
    }

    @ParameterizedTest
    @CsvSource({"SUSPENDED, NO_STATE", "ERROR, RUNNING", "BUILDING, RUNNING", "ACTIVE, NO_STATE"})
    void a_guest_does_not_change_what_only_an_operation_may(VmState before, PowerState guest) {
        assertThat(PowerStates.settles(before, guest)).isEmpty();
    }
}
