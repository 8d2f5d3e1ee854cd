package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkSeatsTest {
    private static final long BEAT_NANOS = Duration.ofSeconds(5).toNanos();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_seat_is_its_holders_until_that_falls_silent_whatever_clocks_say(EachDatabase kind) {
        AtomicLong elapsed = new AtomicLong();
        Clock clock = Clock.systemUTC();
        try (Database database = Database.open(kind.fresh(folder), List.of(NodeRegister.MIGRATIONS))) {
            NetworkSeats one = new NetworkSeats(database, Clock.offset(clock, Duration.ofHours(3)), elapsed::get);
            NetworkSeats two = new NetworkSeats(database, Clock.offset(clock, Duration.ofHours(-3)), elapsed::get);
            NetworkSeats three = new NetworkSeats(database, Clock.offset(clock, Duration.ofHours(6)), elapsed::get);
            assertThat(one.hold("one", "here")).isTrue();
            for (int beat = 0; beat < 10; beat++) {
                elapsed.addAndGet(BEAT_NANOS);
                assertThat(one.hold("one", "here")).isTrue();
                assertThat(two.hold("two", "")).isFalse();
                assertThat(three.hold("three", "")).isFalse();
                assertThat(three.holder()).contains(new NetworkSeat("one", "here", false));
            }
            for (int silent = 0; silent < 5; silent++) {
                elapsed.addAndGet(BEAT_NANOS);
                assertThat(two.hold("two", "")).isFalse();
                assertThat(three.hold("three", "")).isFalse();
            }
            elapsed.addAndGet(BEAT_NANOS);
            assertThat(three.holder().orElseThrow().lapsed()).isTrue();
            assertThat(two.hold("two", "there")).isTrue();
            assertThat(three.hold("three", "")).as("another was first").isFalse();
            assertThat(one.hold("one", "here")).as("it comes back").isFalse();
            assertThat(one.holder()).contains(new NetworkSeat("two", "there", false));
        }
    }
}
