package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.fake.FleetOptions;
import io.kilonova.placement.Inventory;
import io.kilonova.placement.InventoryUsage;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much of a host servers may have: by the configuration, or by placement where that says nothing. */
class HostSharesTest {
    private static final InventoryUsage KNOWN = new InventoryUsage(Inventory.of(8, 0, 16.0), 0);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_ratio_that_was_set_through_placement_stands_when_the_host_reports_again(EachDatabase kind) {
        try (SmallCloud cloud = new SmallCloud(kind.fresh(folder), folder, 1, FleetOptions.of(1))) {
            SmallCloud.Controller controller = cloud.controller(0);
            controller
                    .database()
                    .change(
                            transaction -> transaction
                                    .sql()
                                    .execute(
                                            "UPDATE placement_inventories SET allocation_ratio = 16 WHERE resource_class = 'VCPU'"));

            controller.compute().refresh();

            List<Double> ratios = controller
                    .database()
                    .read(sql -> sql.fetch(
                                    "SELECT allocation_ratio FROM placement_inventories WHERE resource_class = 'VCPU'")
                            .getValues(0, Double.class));
            assertThat(ratios).containsExactly(16.0);
        }
    }

    @Test
    void a_ratio_of_the_configuration_is_held_and_the_initial_one_is_for_hosts_that_are_new() {
        assertThat(new HostShare(1, Optional.of(2.0), 4.0).of(8, Optional.of(KNOWN)))
                .isEqualTo(Inventory.of(8, 1, 2.0));
        assertThat(HostShare.of(1, 4.0).of(8, Optional.of(KNOWN))).isEqualTo(Inventory.of(8, 1, 16.0));
        assertThat(HostShare.of(1, 4.0).of(8, Optional.empty())).isEqualTo(Inventory.of(8, 1, 4.0));
    }

    @Test
    void no_more_is_kept_for_a_host_than_it_has() {
        assertThat(HostShare.of(512, 1.0).of(256, Optional.empty())).isEqualTo(Inventory.of(256, 256, 1.0));
    }
}
