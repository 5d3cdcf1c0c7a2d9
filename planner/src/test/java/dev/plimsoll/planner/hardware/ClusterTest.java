package dev.plimsoll.planner.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.planner.hardware.catalogue.Devices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which link a group of ranks has to use.
class ClusterTest {
    private static final Devices DEVICES = Devices.builtIn();

    /// Servers of 8 with NVLink inside and InfiniBand between them.
    @ParameterizedTest
    @CsvSource({
        // size, stride, of which inside one server, link
        "1, 1, 1, nvlink-3",
        "8, 1, 8, nvlink-3", // tensor parallel over one server
        "2, 4, 2, nvlink-3", // ranks 0 and 4
        "16, 1, 8, infiniband-hdr", // two servers
        "64, 8, 1, infiniband-hdr", // one rank of each server
        "16, 4, 2, infiniband-hdr", // two ranks of each server
        "6, 1, 2, infiniband-hdr", // ranks 6 to 11 lie on two servers
        "2, 3, 1, infiniband-hdr", // ranks 6 and 9 lie on two servers
        "12, 1, 4, infiniband-hdr" // eight and four, taken as three fours
    })
    void aGroupLeavesTheServerWhenItsRanksDo(long size, long stride, long inside, String link) {
        Cluster cluster = Cluster.of(DEVICES.require("--gpu", "a100-80g"), 1024);
        assertThat(cluster.inside(size, stride)).isEqualTo(inside);
        assertThat(cluster.domains(size, stride)).isEqualTo(size / inside);
        assertThat(cluster.link(size, stride).name()).isEqualTo(link);
    }

    @Test
    void aRackOfSeventyTwoIsDealtOutEvenly() {
        Accelerator gb200 = DEVICES.require("--gpu", "gb200");
        assertThat(Cluster.of(gb200, 72).domain()).isEqualTo(72);
        assertThat(Cluster.of(gb200, 512).domain()).isEqualTo(64); // 8 racks of 64
        assertThat(Cluster.of(gb200, 512).link(64, 1).name()).isEqualTo("nvlink-5");
        assertThat(Cluster.of(gb200, 512).link(8, 64).name()).isEqualTo("infiniband-ndr");
    }

    @Test
    void fewDevicesNeverLeaveTheServer() {
        Cluster six = Cluster.of(DEVICES.require("--gpu", "h100"), 6);
        assertThat(six.link(3, 2).name()).isEqualTo("nvlink-4");
    }

    @Test
    void aClusterHasADevice() {
        Accelerator h100 = DEVICES.require("--gpu", "h100");
        assertThatThrownBy(() -> Cluster.of(h100, 0)).hasMessageContaining("at least one device");
    }
}
