package dev.plimsoll.model.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
    private static final Shape HEADS = Shape.of(Axis.QUERY_HEADS, 8, Axis.HEAD_SIZE, 64);
    private static final Shape QUERY = Shape.open(Axis.BATCH, Axis.SEQUENCE).then(HEADS);

    @Test
    void elementsAreTheProductOfTheAxes() {
        assertThat(QUERY.elements(axis -> axis == Axis.BATCH ? 3 : 5)).isEqualTo(3 * 5 * 8 * 64);
        assertThat(QUERY.fixedElements()).isEqualTo(8 * 64);
        assertThat(new Shape(List.of()).fixedElements()).isEqualTo(1);
    }

    @Test
    void aProductPastTheLastLongIsRefused() {
        Shape square = Shape.of(Axis.VOCABULARY, 1L << 32, Axis.HIDDEN, 1L << 30);
        assertThat(square.fixedElements()).isEqualTo(1L << 62);
        assertThatThrownBy(() -> square.then(Shape.of(Axis.EXPERTS, 2)).fixedElements())
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Shape.open(Axis.BATCH).then(square).elements(axis -> 2))
                .isInstanceOf(ArithmeticException.class);
        assertThat(Shape.of(Axis.HIDDEN, Long.MAX_VALUE).fixedElements()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void leadingAndTrailingAxesAreTakenFromTheirEnds() {
        assertThat(QUERY.leading(2)).isEqualTo(Shape.open(Axis.BATCH, Axis.SEQUENCE));
        assertThat(QUERY.trailing(2)).isEqualTo(HEADS);
        assertThat(QUERY.trailing(1)).isEqualTo(Shape.of(Axis.HEAD_SIZE, 64));
        assertThat(QUERY.leading(0).then(QUERY.trailing(4))).isEqualTo(QUERY);
        assertThat(QUERY.startsWith(QUERY.leading(3))).isTrue();
        assertThat(QUERY.endsWith(HEADS)).isTrue();
        assertThat(QUERY.startsWith(HEADS)).isFalse();
        assertThat(HEADS.endsWith(QUERY)).isFalse();
        assertThat(HEADS.startsWith(QUERY)).isFalse();
    }

    /// A product of heads and head size is not enough: 4 heads of 128 are not 8 of 64.
    @Test
    void shapesOfOneProductDiffer() {
        assertThat(Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 128)).isNotEqualTo(HEADS);
        assertThat(Shape.of(Axis.HIDDEN, 512)).isNotEqualTo(HEADS);
    }

    @Test
    void aSizeIsAskedForByItsAxis() {
        assertThat(QUERY.size(Axis.HEAD_SIZE)).isEqualTo(64);
        assertThat(QUERY.has(Axis.SEQUENCE)).isTrue();
        assertThat(QUERY.has(Axis.HIDDEN)).isFalse();
        assertThatThrownBy(() -> QUERY.size(Axis.HIDDEN)).hasMessage("[b, s, a8, d64] fixes no HIDDEN");
        assertThatThrownBy(() -> QUERY.size(Axis.SEQUENCE)).hasMessage("[b, s, a8, d64] fixes no SEQUENCE");
    }

    @Test
    void onlyTheModelFixesAnAxisAndOnlyTheWorkloadOpensOne() {
        assertThatThrownBy(() -> Shape.of(Axis.SEQUENCE, 128))
                .hasMessage("SEQUENCE is as long as the workload says, not 128");
        assertThatThrownBy(() -> Shape.open(Axis.HIDDEN)).hasMessage("HIDDEN has a size that the model fixes");
        assertThatThrownBy(() -> Shape.of(Axis.HIDDEN, 0)).hasMessage("HIDDEN must be at least 1 but is 0");
        assertThatThrownBy(() -> Shape.of(Axis.HIDDEN, -4096)).hasMessage("HIDDEN must be at least 1 but is -4096");
    }

    @Test
    void everyAxisHasALetterOfItsOwn() {
        assertThat(Arrays.stream(Axis.values()).map(Axis::letter))
                .doesNotHaveDuplicates()
                .allMatch(letter -> letter.matches("[a-zA-Z1]|p[thw]"));
    }

    @Test
    void theWorkloadDecidesOnSequencesAndTokens() {
        assertThat(Arrays.stream(Axis.values()).filter(Axis::isOpen))
                .containsExactly(
                        Axis.BATCH,
                        Axis.SEQUENCE,
                        Axis.SOURCE,
                        Axis.PATCHES,
                        Axis.MERGED_PATCHES,
                        Axis.FRAMES,
                        Axis.RECEIVED,
                        Axis.GATHERED);
    }
}
