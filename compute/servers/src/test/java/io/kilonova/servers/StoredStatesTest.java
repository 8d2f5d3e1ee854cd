package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What the release before this one wrote of its operations is read with a meaning for what it does not say. */
class StoredStatesTest {
    @Test
    void a_build_that_says_of_no_host_that_its_guest_may_run_there_means_none() {
        Build read = read("{\"serverId\": \"s\", \"tried\": []}", Build.class);
        assertThat(read.mayRunOn()).isEmpty();
    }

    @Test
    void a_command_that_does_not_say_which_host_it_is_for_waits_with_others_of_its_kind() {
        ServerWork read = read("{\"serverId\": \"s\"}", ServerWork.class);
        assertThat(HostBounds.command(read.host()).key()).isEqualTo("commands to no host");
    }

    private static <T> T read(String json, Class<T> type) {
        return JsonMapper.builder().build().readValue(json, type);
    }
}
