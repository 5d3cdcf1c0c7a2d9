package dev.plimsoll.engine.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.AttentionMask;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Multiply-adds against pairs and tiles that are enumerated one by one.
class AttentionWorkTest {
    private static final long SEED = 7;

    static Stream<Arguments> runs() {
        return AttentionCase.all().stream()
                .flatMap(how -> Stream.of(
                                new AttentionKernel.Materialised(),
                                new AttentionKernel.Tiled(1, 1),
                                new AttentionKernel.Tiled(2, 3),
                                new AttentionKernel.Tiled(4, 2),
                                new AttentionKernel.Tiled(64, 64))
                        .map(kernel -> Arguments.of(how, kernel)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("runs")
    void forwardMultipliesOnceForScoresAndOnceForOutputs(AttentionCase how, AttentionKernel kernel) {
        HeadSizes heads = how.sizes().heads();
        long widths = (long) heads.headSize() + heads.valueSize();
        for (Kernels kernels : AttentionCase.kernels()) {
            Counts counts = forward(how, kernel, kernels);
            assertThat(counts.logicalMultiplyAdds()).isEqualTo(widths * heads(how) * seen(how));
            assertThat(counts.executedMultiplyAdds()).isEqualTo(widths * heads(how) * multiplied(how, kernel));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("runs")
    void gradientsMultiplyOnceForEachThatIsWanted(AttentionCase how, AttentionKernel kernel) {
        long key = how.sizes().heads().headSize();
        long value = how.sizes().heads().valueSize();
        long again = kernel instanceof AttentionKernel.Tiled ? key : 0;
        assertWidths(how, kernel, EnumSet.of(Wanted.VALUE), again + value);
        assertWidths(how, kernel, EnumSet.of(Wanted.QUERY), again + value + key);
        assertWidths(how, kernel, EnumSet.of(Wanted.KEY), again + value + key);
        assertWidths(how, kernel, EnumSet.of(Wanted.QUERY, Wanted.KEY, Wanted.VALUE), again + 2 * value + 2 * key);
        if (how.scores().sinks().isPresent()) {
            assertWidths(how, kernel, EnumSet.of(Wanted.SINKS), again + value);
        }
    }

    private static void assertWidths(AttentionCase how, AttentionKernel kernel, Set<Wanted> wanted, long widths) {
        for (Kernels kernels : AttentionCase.kernels()) {
            Counts counts = gradient(how, kernel, kernels, wanted);
            assertThat(counts.logicalMultiplyAdds())
                    .as("%s with %s", wanted, kernels.name())
                    .isEqualTo(widths * heads(how) * seen(how));
            assertThat(counts.executedMultiplyAdds())
                    .as("%s with %s", wanted, kernels.name())
                    .isEqualTo(widths * heads(how) * multiplied(how, kernel));
        }
    }

    @Test
    void tilesOfACausalMaskAreSkippedAboveTheDiagonal() {
        AttentionSizes sizes = new AttentionSizes(1, 8, 8, new HeadSizes(1, 1, 3, 2));
        AttentionCase how = new AttentionCase("", sizes, new AttentionMask.Causal(), AttentionCase.PLAIN, 0);
        Counts counts = forward(how, new AttentionKernel.Tiled(4, 2), Kernels.best());
        assertThat(counts.logicalMultiplyAdds()).isEqualTo((3 + 2) * 8 * 9 / 2);
        // Queries 0 to 3 look at two of four tiles of two keys, queries 4 to 7 at all four.
        assertThat(counts.executedMultiplyAdds()).isEqualTo((3 + 2) * (2 + 4) * 4 * 2);
    }

    @Test
    void aMeterThatIsOffCountsNothing() {
        AttentionCase how = AttentionCase.all().getFirst();
        try (Workers workers = new Workers(2)) {
            AttentionCore core = new AttentionCore(Kernels.best(), workers, Meter.off());
            how.run(core, new AttentionKernel.Materialised(), SEED);
            assertThat(Meter.off().counts()).isEqualTo(Counts.ZERO);
            // The largest thing a worker holds: two matrices of 5 x 7 scores, in f32.
            assertThat(core.scratchBytes()).isGreaterThanOrEqualTo(2 * 5 * 7 * 4);
        }
    }

    private static long heads(AttentionCase how) {
        return (long) how.sizes().batch() * how.sizes().heads().queryHeads();
    }

    private static long seen(AttentionCase how) {
        long pairs = 0;
        for (int query = 0; query < how.sizes().queries(); query++) {
            for (int key = 0; key < how.sizes().keys(); key++) {
                pairs += NaiveAttention.sees(how.mask(), query, key) ? 1 : 0;
            }
        }
        return pairs;
    }

    private static long multiplied(AttentionCase how, AttentionKernel kernel) {
        return switch (kernel) {
            case AttentionKernel.Materialised() ->
                (long) how.sizes().queries() * how.sizes().keys();
            case AttentionKernel.Tiled tiled -> multiplied(how, tiled);
        };
    }

    private static long multiplied(AttentionCase how, AttentionKernel.Tiled tiled) {
        long pairs = 0;
        for (int query = 0; query < how.sizes().queries(); query += tiled.queryTile()) {
            for (int key = 0; key < how.sizes().keys(); key += tiled.keyTile()) {
                int lastQuery = Math.min(query + tiled.queryTile(), how.sizes().queries());
                int lastKey = Math.min(key + tiled.keyTile(), how.sizes().keys());
                pairs += anySeen(how, List.of(query, lastQuery, key, lastKey))
                        ? (long) (lastQuery - query) * (lastKey - key)
                        : 0;
            }
        }
        return pairs;
    }

    private static boolean anySeen(AttentionCase how, List<Integer> tile) {
        for (int query = tile.get(0); query < tile.get(1); query++) {
            for (int key = tile.get(2); key < tile.get(3); key++) {
                if (NaiveAttention.sees(how.mask(), query, key)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Counts forward(AttentionCase how, AttentionKernel kernel, Kernels kernels) {
        try (Workers workers = new Workers(2)) {
            Meter meter = Meter.counting(2);
            AttentionCore core = new AttentionCore(kernels, workers, meter);
            core.forward(
                    how.task(kernel), how.operands(SEED), new float[how.sizes().outputElements()], Findings.NONE);
            return meter.counts();
        }
    }

    private static Counts gradient(AttentionCase how, AttentionKernel kernel, Kernels kernels, Set<Wanted> wanted) {
        try (Workers workers = new Workers(2)) {
            Meter meter = Meter.counting(2);
            AttentionCore core = new AttentionCore(kernels, workers, meter);
            float[] output = new float[how.sizes().outputElements()];
            Findings findings = how.findings();
            core.forward(how.task(kernel), how.operands(SEED), output, findings);
            Counts before = meter.counts();
            Gradients gradients = Gradients.allocate(wanted, how.sizes());
            core.gradient(how.task(kernel), how.operands(SEED), output, how.outputGradient(SEED), findings, gradients);
            return meter.counts().minus(before);
        }
    }
}
