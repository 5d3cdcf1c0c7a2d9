package dev.plimsoll.planner.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Provenance;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BreakdownTest {
    private static final Basis BASIS = new Basis("B", "this test", Provenance.EXACT);

    @Test
    void aParentIsTheSumOfItsChildren() {
        Breakdown leaf = Breakdown.leaf("leaf", List.of(new Factor("h", 3), new Factor("2", 2)));
        Breakdown sum = Breakdown.sum("sum", List.of(leaf, leaf));
        assertThat(sum.total()).isEqualTo(12);
        assertThatThrownBy(() -> new Breakdown("wrong", BigInteger.TEN, List.of(), List.of(leaf)))
                .hasMessageContaining("wrong is 10 but its parts make 6");
    }

    @Test
    void productsAreWrittenOutAndSumsByName() {
        Breakdown product = Breakdown.leaf("product", List.of(new Factor("2", 2), new Factor("h", 3)));
        Breakdown inner = Breakdown.sum("inner", List.of(product, product));
        Explanation line = Breakdown.sum("outer", List.of(product, inner)).explain(BASIS);
        assertThat(line.topic()).isEqualTo("outer");
        assertThat(line.formula()).isEqualTo("2 x h + inner");
        assertThat(line.substituted()).isEqualTo("2 x 3 + 12");
        assertThat(Breakdown.sum("outer", List.of(product, inner)).explainAll(BASIS))
                .extracting(Explanation::topic)
                .containsExactly("outer", "inner");
    }

    @Test
    void aNumberWithoutDimensionsIsOne() {
        RecordingTally recording = new RecordingTally("all");
        recording.leaf("scale");
        recording.leaf("vector").times("h", 3);
        assertThat(recording.breakdown().total()).isEqualTo(1 + 3);
        QuickTally quick = new QuickTally();
        quick.leaf("scale");
        quick.leaf("vector").times("h", 3);
        assertThat(quick.exact("it")).isEqualTo(1 + 3);
    }

    @Test
    void theQuickTallyKeepsExactUpTo63Bits() {
        QuickTally tally = new QuickTally();
        tally.leaf("most").times("a", Long.MAX_VALUE);
        assertThat(tally.exact("it")).isEqualTo(Long.MAX_VALUE);
        tally.leaf("one").times(1);
        assertThatThrownBy(() -> tally.exact("it")).isInstanceOf(InputException.class);
        assertThat(tally.value()).isEqualTo(0x1p63);
        assertThat(tally.isAtMost(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void aFactorOfZeroEndsALeaf() {
        QuickTally tally = new QuickTally();
        tally.leaf("nothing")
                .times("a", Long.MAX_VALUE)
                .times("b", Long.MAX_VALUE)
                .times("c", 0);
        tally.leaf("something").times(7);
        assertThat(tally.exact("it")).isEqualTo(7);
    }

    @RepeatedTest(200)
    void bothTalliesCountTheSame(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        QuickTally quick = new QuickTally();
        RecordingTally recording = new RecordingTally("all");
        for (int leaf = 0; leaf < 5; leaf++) {
            quick.leaf("leaf");
            recording.leaf("leaf");
            for (int factor = 0; factor <= random.nextInt(6); factor++) {
                long value = random.nextLong(1L << (1 + random.nextInt(30)));
                quick.times("f", value);
                recording.times("f", value);
            }
        }
        double exact = recording.breakdown().total().doubleValue();
        assertThat(quick.value()).as("seed %d", seed).isEqualTo(exact, within(exact * 1e-14));
        if (recording.breakdown().total().bitLength() <= 63) {
            assertThat(quick.exact("it"))
                    .as("seed %d", seed)
                    .isEqualTo(recording.breakdown().total().longValueExact());
        }
    }

    @Test
    void aComparisonSaysHowFarTheClosedFormIs() {
        Explanation form = Breakdown.leaf("form", List.of(new Factor("h", 12))).explain(BASIS);
        Comparison comparison = new Comparison(form, new BigDecimal(16));
        assertThat(comparison.difference()).isEqualByComparingTo("-4");
        assertThat(comparison.ratio()).isEqualTo(0.75);
    }
}
