package dev.plimsoll.engine.meter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeterTest {
    @Test
    void aMeterSumsItsWorkers() {
        Meter meter = Meter.counting(2);
        meter.worker(0).multiplyAdds(3, 4);
        meter.worker(1).multiplyAdd();
        meter.worker(1).read(10);
        meter.worker(0).written(6);
        assertThat(meter.counts()).isEqualTo(new Counts(3 + 1, 4 + 1, 10, 6));
    }

    @Test
    void betweenTwoMomentsLiesWhatHappenedBetweenThem() {
        Meter meter = Meter.counting(1);
        meter.worker(0).multiplyAdds(5, 8);
        Counts earlier = meter.counts();
        meter.worker(0).multiplyAdds(2, 3);
        assertThat(meter.counts().minus(earlier)).isEqualTo(new Counts(2, 3, 0, 0));
    }

    @Test
    void switchedOffItStaysAtZero() {
        Meter.off().worker(7).multiplyAdds(5, 8);
        Meter.off().worker(0).read(1);
        assertThat(Meter.off().counts()).isEqualTo(Counts.ZERO);
        assertThat(Work.ignored().counts()).isEqualTo(Counts.ZERO);
    }
}
