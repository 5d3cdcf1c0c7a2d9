package dev.plimsoll.planner.hardware.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/// How long exchanges take, inside a server and between servers.
class CollectiveTimesTest {
    private static final Devices DEVICES = Devices.builtIn();

    /// Eight H100: 2 x 7/8 x 1e9 bytes at 384 GB/s, and 17 us.
    @Test
    void anAllReduceSendsTheTensorNearlyTwice() {
        assertThat(times("h100", 8).seconds(Exchange.ALL_REDUCE, 1e9, 8, 1))
                .isCloseTo(2 * 7.0 / 8 * 1e9 / 384e9 + 17e-6, within(1e-9));
    }

    /// AIConfigurator measured 322 us for 64 MiB among eight H100 over NCCL; the law of two terms is good to 18 %.
    @Test
    void anAllReduceOfSixtyFourMebibytesTakesWhatWasMeasured() {
        assertThat(times("h100", 8).seconds(Exchange.ALL_REDUCE, 64 << 20, 8, 1) / 322e-6)
                .isBetween(0.82, 1.18);
    }

    /// Eight B200: 7/8 x 1e9 bytes at 0.673 of 900 GB/s, and 24 us.
    @Test
    void anAllGatherSendsTheWholeButItsOwnPart() {
        CollectiveTimes times = times("b200", 8);
        double seconds = times.seconds(Exchange.ALL_GATHER, 1e9, 8, 1);
        assertThat(seconds).isCloseTo(7.0 / 8 * 1e9 / (0.673 * 900e9) + 24e-6, within(1e-9));
        assertThat(times.seconds(Exchange.REDUCE_SCATTER, 1e9, 8, 1)).isEqualTo(seconds);
        assertThat(times.provenance()).isEqualTo(Provenance.PUBLISHED);
    }

    @Test
    void aGroupOfOneExchangesNothing() {
        for (Exchange exchange : Exchange.values()) {
            assertThat(times("h100", 8).seconds(exchange, 1e9, 1, 1)).isZero();
        }
    }

    /// One rank of each of 16 servers: 2 x 15/16 x 1e9 bytes at 0.9 of 25 GB/s, and 2 log2 16 = 8 starts of 10 us.
    @Test
    void ranksOfDifferentServersUseTheirAdapters() {
        assertThat(times("a100-80g", 128).seconds(Exchange.ALL_REDUCE, 1e9, 16, 8))
                .isCloseTo(2 * 15.0 / 16 * 1e9 / (0.9 * 25e9) + 8 * 10e-6, within(1e-9));
    }

    /// All 128 ranks: each adapter carries an eighth of that, 10.4 ms, and NVLink, 10.2 ms, works at the same time.
    @Test
    void wholeServersShareTheWork() {
        double inside = 2 * 7.0 / 8 * 1e9 / 172e9;
        double across = 2 * 15.0 / 16 * 1e9 / 8 / (0.9 * 25e9);
        assertThat(times("a100-80g", 128).seconds(Exchange.ALL_REDUCE, 1e9, 128, 1))
                .isCloseTo(Math.max(inside, across) + 8 * 10e-6 + 25e-6, within(1e-9));
    }

    /// Of 1e9 bytes 7/8 leave the server when 64 ranks on 8 servers exchange all with all.
    @Test
    void allToAllIsBoundByWhatLeavesTheServer() {
        assertThat(times("h100", 64).seconds(Exchange.ALL_TO_ALL, 1e9, 64, 1))
                .isCloseTo(7.0 / 8 * 1e9 / (0.9 * 50e9) + 10e-6 + 17e-6, within(1e-9));
    }

    @Test
    void aMessageToTheNextServerTakesOneAdapter() {
        assertThat(times("h100", 64).seconds(Exchange.SEND_RECEIVE, 1e9, 2, 8))
                .isCloseTo(1e9 / (0.9 * 50e9) + 10e-6, within(1e-9));
    }

    /// More bytes never take less time, nor do more ranks of the same stride.
    @Test
    void timesGrow() {
        for (String name : new String[] {"h100", "gb200", "l40s", "mi300x", "tpu-v5p", "a100-80g-pcie"}) {
            CollectiveTimes times = times(name, 4096);
            for (Exchange exchange : Exchange.values()) {
                double before = 0;
                for (double bytes = 1; bytes < 1e12; bytes *= 4) {
                    double seconds = times.seconds(exchange, bytes, 8, 1);
                    assertThat(seconds).as("%s %s %s", name, exchange, bytes).isGreaterThanOrEqualTo(before);
                    before = seconds;
                }
            }
        }
    }

    @Test
    void askingAllocatesNothing() {
        CollectiveTimes times = times("h100", 1024);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            sum += times.seconds(Exchange.ALL_REDUCE, i, 64, 8);
        }
        if (!(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean thread)) {
            throw new AssertionError("this virtual machine does not count allocations");
        }
        long before = thread.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
            sum += times.seconds(Exchange.ALL_REDUCE, i, 64, 8);
        }
        long allocated = thread.getCurrentThreadAllocatedBytes() - before;
        assertThat(sum).isPositive();
        assertThat(allocated).as("bytes of 20,000 calls").isLessThan(20_000);
    }

    private static CollectiveTimes times(String name, long devices) {
        return new CollectiveTimes(Cluster.of(DEVICES.require("--gpu", name), devices));
    }
}
