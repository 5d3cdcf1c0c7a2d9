package dev.plimsoll.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class VirtualDevicesTest {
    @Test
    void resultsComeInTheOrderOfTheDevices() {
        assertThat(new VirtualDevices(5).run(links -> 2 * links.device())).containsExactly(0, 2, 4, 6, 8);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 7", "2, 0", "2, 3", "3, 9"})
    void aDeviceThatFailsStopsAllAndItsCauseIsShown(int broken, int round) {
        VirtualDevices devices = new VirtualDevices(4);
        AtomicInteger ended = new AtomicInteger();
        assertThatThrownBy(() -> devices.run(links -> {
                    for (int i = 0; i < 10; i++) {
                        if (links.device() == broken && i == round) {
                            throw new ArithmeticException("planted");
                        }
                        links.ring(everyone(4)).allReduce(new float[9], Reduction.SUM, DataType.F32);
                    }
                    return ended.incrementAndGet();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("device " + broken + ": planted")
                .hasCauseInstanceOf(ArithmeticException.class);
        assertThat(ended).hasValue(0);
    }

    @Test
    void aRefusalStaysOne() {
        assertThatThrownBy(() -> new VirtualDevices(3).run(links -> {
                    if (links.device() == 1) {
                        throw InputException.usage("memory: found too little, expected more", "Give more.");
                    }
                    return links.ring(everyone(3)).shift(new Payload.Floats(new float[1]), DataType.F32);
                }))
                .isInstanceOf(InputException.class)
                .hasMessage("device 1: memory: found too little, expected more");
    }

    @Test
    void devicesThatWaitForOneAnotherForEverAreStopped() {
        assertThatThrownBy(() -> new VirtualDevices(2)
                        .run(links -> links.ring(everyone(2)).receive(1 - links.device(), "gradient")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("every device waits: device 0 for all[0, 1] gradient of device 1; "
                        + "device 1 for all[0, 1] gradient of device 0");
    }

    @Test
    void aDeviceThatWaitsForOneThatHasEndedIsStopped() {
        assertThatThrownBy(() -> new VirtualDevices(3).run(links -> {
                    if (links.device() != 2) {
                        links.ring(everyone(3)).allReduce(new float[3], Reduction.SUM, DataType.F32);
                    }
                    return 0;
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMessageThatNobodyReceivesIsAFailure() {
        assertThatThrownBy(() -> new VirtualDevices(2).run(links -> {
                    Ring ring = links.ring(everyone(2));
                    if (ring.place() == 0) {
                        ring.send(1, "twice", new Payload.Floats(new float[1]), DataType.F32);
                        ring.send(1, "twice", new Payload.Floats(new float[1]), DataType.F32);
                        return 0;
                    }
                    return ring.receive(0, "twice").elements();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was never received");
    }

    @Test
    void afterAFailureNothingRunsAgain() {
        VirtualDevices devices = new VirtualDevices(2);
        assertThatThrownBy(() -> devices.run(links -> {
                    throw new ArithmeticException("first");
                }))
                .hasMessageEndingWith("first");
        assertThatThrownBy(() -> devices.run(links -> links.device())).hasMessageEndingWith("first");
    }

    private static Group everyone(int devices) {
        return new Group("all", IntStream.range(0, devices).boxed().toList());
    }
}
