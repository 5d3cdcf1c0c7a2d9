package dev.plimsoll.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.device.Traffic.Link;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {
    @ParameterizedTest
    @CsvSource({"1, 5", "2, 1", "2, 8", "3, 7", "4, 0", "4, 3", "4, 10", "5, 12"})
    void everyDeviceGetsTheSum(int devices, int count) {
        List<float[]> sums = run(devices, ring -> {
            float[] values = values(ring.place(), count);
            ring.allReduce(values, Reduction.SUM, DataType.F32);
            return values;
        });
        for (float[] sum : sums) {
            for (int i = 0; i < count; i++) {
                // Whole numbers, so that no order of summation shows: sum over r of 10 r + i.
                assertThat(sum[i]).isEqualTo(10f * devices * (devices - 1) / 2 + devices * i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyDeviceGetsTheGreatest(int devices) {
        List<float[]> greatest = run(devices, ring -> {
            float[] values = {-ring.place(), ring.place(), 7};
            ring.allReduce(values, Reduction.GREATEST, DataType.F32);
            return values;
        });
        assertThat(greatest).allSatisfy(values -> assertThat(values).containsExactly(0, devices - 1, 7));
    }

    @Test
    void aPartIsSummedRoundTheRingAndRoundedOnTheWay() {
        // 256 + 1 is 257, which bf16 rounds to 256; 1 + 1 + 256 is 258, which it has.
        List<float[]> sums = run(3, ring -> {
            float[] values = ring.place() == 0 ? new float[] {256, 256, 256} : new float[] {1, 1, 1};
            ring.allReduce(values, Reduction.SUM, DataType.BF16);
            return values;
        });
        // Part 0 is summed 1 + 1 + 256, part 1 as 1 + 256 + 1, part 2 as 256 + 1 + 1.
        assertThat(sums).allSatisfy(values -> assertThat(values).containsExactly(258, 256, 256));
    }

    @Test
    void anAllReduceSendsEverythingTwiceButTwoParts() {
        // Parts of 7 elements on 3 devices: [0, 3), [3, 6), [6, 7).
        VirtualDevices devices = new VirtualDevices(3);
        devices.run(links -> {
            links.ring(everyone(3)).allReduce(new float[7], Reduction.SUM, DataType.BF16);
            return 0;
        });
        Link link = new Link(Exchange.ALL_REDUCE, "all");
        assertThat(sent(devices))
                .containsExactly(
                        Map.of(link, new Bytes(2 * (2 * 7 - 3 - 3))),
                        Map.of(link, new Bytes(2 * (2 * 7 - 3 - 1))),
                        Map.of(link, new Bytes(2 * (2 * 7 - 1 - 3))));
    }

    @Test
    void aReduceScatterLeavesEachDeviceItsPart() {
        int[] bounds = {0, 1, 1, 5};
        VirtualDevices devices = new VirtualDevices(3);
        List<float[]> parts = devices.run(
                links -> links.ring(everyone(3)).reduceScatter(values(links.device(), 5), bounds, DataType.F32));
        assertThat(parts.get(0)).containsExactly(30);
        assertThat(parts.get(1)).isEmpty();
        assertThat(parts.get(2)).containsExactly(33, 36, 39, 42);
        Link link = new Link(Exchange.REDUCE_SCATTER, "all");
        assertThat(sent(devices))
                .containsExactly(
                        Map.of(link, new Bytes(4 * (5 - 1))),
                        Map.of(link, new Bytes(4 * 5)),
                        Map.of(link, new Bytes(4 * (5 - 4))));
    }

    @Test
    void anAllGatherGivesEveryPartToAll() {
        VirtualDevices devices = new VirtualDevices(3);
        List<List<Payload>> gathered = devices.run(links -> {
            int[] own = IntStream.range(0, links.device()).toArray();
            return links.ring(everyone(3)).allGather(new Payload.Integers(own), DataType.I32);
        });
        for (List<Payload> parts : gathered) {
            assertThat(parts.stream().map(Payload::elements)).containsExactly(0, 1, 2);
        }
        // Parts of 0, 1 and 2 elements: each device sends all but its neighbour's.
        Link link = new Link(Exchange.ALL_GATHER, "all");
        assertThat(sent(devices))
                .containsExactly(
                        Map.of(link, new Bytes(4 * (3 - 1))),
                        Map.of(link, new Bytes(4 * (3 - 2))),
                        Map.of(link, new Bytes(4 * 3)));
    }

    @Test
    void anAllToAllGivesEachDeviceWhatTheOthersHaveForIt() {
        VirtualDevices devices = new VirtualDevices(3);
        List<List<Payload>> received = devices.run(links -> {
            List<Payload> pieces = new ArrayList<>();
            for (int to = 0; to < 3; to++) {
                float[] piece = new float[links.device() + to];
                Arrays.fill(piece, 10 * links.device() + to);
                pieces.add(new Payload.Floats(piece));
            }
            return links.ring(everyone(3)).allToAll(pieces, DataType.F32);
        });
        for (int device = 0; device < 3; device++) {
            for (int from = 0; from < 3; from++) {
                Payload.Floats piece = (Payload.Floats) received.get(device).get(from);
                float[] expected = new float[from + device];
                Arrays.fill(expected, 10 * from + device);
                assertThat(piece.values()).containsExactly(expected);
            }
        }
        // Device 1 sends 1 + 0 elements to device 0 and 1 + 2 to device 2; its own 1 + 1 stay.
        assertThat(sent(devices).get(1)).isEqualTo(Map.of(new Link(Exchange.ALL_TO_ALL, "all"), new Bytes(4 * 4)));
    }

    @Test
    void groupsBesideOneAnotherDoNotMix() {
        VirtualDevices devices = new VirtualDevices(4);
        List<Float> sums = devices.run(links -> {
            int device = links.device();
            Group pair = new Group("pair", device < 2 ? List.of(0, 1) : List.of(2, 3));
            Group odd = new Group("parity", device % 2 == 0 ? List.of(0, 2) : List.of(1, 3));
            float[] value = {device};
            links.ring(pair).allReduce(value, Reduction.SUM, DataType.F32);
            links.ring(odd).allReduce(value, Reduction.SUM, DataType.F32);
            return value[0];
        });
        assertThat(sums).containsOnly(0f + 1 + 2 + 3);
    }

    @Test
    void theSumHasTheSameBitsOnEveryDeviceAndInEveryRun() {
        List<List<float[]>> runs = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            runs.add(run(4, ring -> {
                float[] values = new float[33];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) Math.sin(100 * ring.place() + i);
                }
                ring.allReduce(values, Reduction.SUM, DataType.F32);
                return values;
            }));
        }
        assertThat(runs)
                .allSatisfy(sums -> assertThat(sums)
                        .allSatisfy(sum ->
                                assertThat(sum).containsExactly(runs.getFirst().getFirst())));
    }

    private static List<float[]> run(int devices, Function<Ring, float[]> program) {
        return new VirtualDevices(devices).run(links -> program.apply(links.ring(everyone(devices))));
    }

    private static Group everyone(int devices) {
        return new Group("all", IntStream.range(0, devices).boxed().toList());
    }

    private static float[] values(int device, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 10 * device + i;
        }
        return values;
    }

    private static List<Map<Link, Bytes>> sent(VirtualDevices devices) {
        return IntStream.range(0, devices.count())
                .mapToObj(device -> devices.links(device).traffic().sent())
                .toList();
    }
}
