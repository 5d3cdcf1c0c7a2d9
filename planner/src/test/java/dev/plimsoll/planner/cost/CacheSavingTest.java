package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.RandomModels;
import dev.plimsoll.planner.result.Arithmetic;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CacheSavingTest {
    @Test
    void sixteenTokensSaveLessThanTheRuleOfThumbSays() {
        CacheSaving square = CacheSaving.of(Models.gpt2(), 16, CacheSaving.Over.FULL_SQUARE);
        assertThat(square.attentionSaved()).isEqualTo(1 - 3.0 / (2 * 16 + 1), within(1e-15));
        assertThat(square.projectionsSaved()).isEqualTo(1 - 2.0 / (16 + 1), within(1e-15));
        assertThat(square.ruleOfThumb()).isEqualTo(0.9375);
        CacheSaving visible = CacheSaving.of(Models.gpt2(), 16, CacheSaving.Over.VISIBLE_PAIRS);
        assertThat(visible.attentionSaved()).isEqualTo(1 - 3.0 / (16 + 2), within(1e-15));
    }

    @RepeatedTest(50)
    void allStepsAddUp(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Transformer model = new RandomModels(seed).next();
        int tokens = 1 + new Random(seed).nextInt(120);
        double with = 0;
        double without = 0;
        for (int i = 1; i <= tokens; i++) {
            FlopCount step =
                    FlopCount.of(model, new Workload.Decode(1, i - 1, LatentCache.EXPANDED), CountingConvention.STRICT);
            with += step.total().count();
            FlopCount whole = FlopCount.of(model, new Workload.Prefill(1, i, 0), CountingConvention.STRICT);
            without += whole.total().count()
                    - whole.logits().count()
                    + step.logits().count();
        }
        CacheSaving saving = CacheSaving.of(model, tokens, CacheSaving.Over.VISIBLE_PAIRS);
        assertThat(saving.with().total().doubleValue()).as("seed %d", seed).isEqualTo(with);
        assertThat(saving.without().total().doubleValue()).as("seed %d", seed).isEqualTo(without);
    }

    @RepeatedTest(50)
    void pairsAreThoseThatAMaskLetsBeSeen(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        long size = 1L + random.nextInt(40);
        for (AttentionMask mask : new AttentionMask[] {
            new AttentionMask.Causal(),
            new AttentionMask.SlidingWindow(size),
            new AttentionMask.Chunked(size),
            new AttentionMask.Selected(size),
            new AttentionMask.Blocks(size)
        }) {
            int past = random.nextInt(100);
            int fresh = 1 + random.nextInt(100);
            assertThat(VisiblePairs.of(mask, past, fresh))
                    .as("seed %d: %s", seed, mask)
                    .isEqualTo(counted(mask, past + fresh, past + fresh) - counted(mask, past + fresh, past));
            Explanation line = WrittenPairs.of(mask, past, fresh);
            assertThat(Arithmetic.evaluate(line.substituted()))
                    .as("seed %d: %s", seed, line)
                    .isEqualByComparingTo(line.value());
            BigInteger growing = BigInteger.ZERO;
            for (int i = 1; i <= fresh; i++) {
                growing = growing.add(BigInteger.valueOf(counted(mask, i, i)));
            }
            assertThat(VisiblePairs.ofGrowingPasses(mask, fresh))
                    .as("seed %d: %s", seed, mask)
                    .isEqualTo(growing);
        }
    }

    /// The pairs of the first `queries` of so many tokens, each looked at by itself.
    private static long counted(AttentionMask mask, int tokens, int queries) {
        long pairs = 0;
        for (int query = 0; query < queries; query++) {
            int seen = 0;
            for (int key = 0; key < tokens; key++) {
                boolean visible = switch (mask) {
                    case AttentionMask.Everything() -> true;
                    case AttentionMask.Causal() -> key <= query;
                    case AttentionMask.SlidingWindow(long size) -> key <= query && query - key < size;
                    case AttentionMask.Chunked(long size) -> key <= query && query / size == key / size;
                    case AttentionMask.Selected(long size) -> key <= query && seen < size;
                    case AttentionMask.Blocks(long size) -> query / size == key / size;
                };
                seen += visible ? 1 : 0;
            }
            pairs += seen;
        }
        return pairs;
    }
}
