package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.result.Arithmetic;
import org.junit.jupiter.api.Test;

class ParameterCountTest {
    private static final long H = 768;

    @Test
    void aClassicLayerHasTwelveSquaresAndThirteenVectors() {
        ParameterCount count = ParameterCount.of(Models.gpt2());
        long layers = 12 * (12 * H * H + 13 * H);
        long tables = 50257 * H + 1024 * H;
        assertThat(count.total()).isEqualTo(layers + tables + 2 * H).isEqualTo(124_439_808L);
        assertThat(count.active()).isEqualTo(count.total());
        assertThat(count.embedding()).isEqualTo(tables);
        // The tied table counts as a matrix too, since the head multiplies by it; positions do not.
        assertThat(count.matmul()).isEqualTo(12 * 12 * H * H + 50257 * H);
        assertThat(count.routed()).isZero();
    }

    @Test
    void groupedQueriesShrinkOnlyKeysAndValues() {
        ParameterCount count = ParameterCount.of(Models.llama2With70B());
        long attention = 2 * 8192L * 8192 // query and output
                + 2 * 8192L * 1024; // key and value: 8 heads of 128
        long layer = attention + 3 * 8192L * 28672 + 2 * 8192;
        assertThat(count.total())
                .isEqualTo(80 * layer + 2 * 32000L * 8192 + 8192)
                .isEqualTo(68_976_648_192L);
        assertThat(count.matmul()).isEqualTo(80 * (attention + 3 * 8192L * 28672) + 32000L * 8192);
    }

    /// Published: 46,702,792,704 in Mixtral-8x7B's index, and 12.9 B active in its paper.
    @Test
    void aTokenPassesTwoOfMixtralsEightExperts() {
        ParameterCount count = ParameterCount.of(Models.mixtral8x7B());
        long expert = 3 * 4096L * 14336;
        assertThat(count.total()).isEqualTo(46_702_792_704L);
        assertThat(count.routed()).isEqualTo(32 * 8 * expert);
        assertThat(count.active()).isEqualTo(count.total() - 32 * 6 * expert).isEqualTo(12_879_925_248L);
    }

    /// Published: 671,026,419,200 and 37,552,297,472 active, corrections included.
    @Test
    void deepSeekV3CountsItsRoutersCorrections() {
        ParameterCount count = ParameterCount.of(Models.deepSeekV3());
        assertThat(count.total()).isEqualTo(671_026_419_200L);
        assertThat(count.corrections()).isEqualTo(58 * 256);
        assertThat(count.total() - count.corrections()).isEqualTo(671_026_404_352L);
        assertThat(count.active()).isEqualTo(37_552_297_472L);
    }

    @Test
    void blocksAddUpToTheTotal() {
        ParameterCount count = ParameterCount.of(Models.gemma3With27B());
        assertThat(count.blocks()).extracting(BlockParameters::layers).containsExactly(1L, 52L, 10L, 1L, 1L);
        assertThat(count.blocks().stream()
                        .mapToLong(BlockParameters::parameters)
                        .sum())
                .isEqualTo(count.total());
        assertThat(count.blocks().getLast().parameters())
                .as("a tied head brings nothing")
                .isZero();
    }

    @Test
    void tensorsAddUpToTheTotal() {
        ParameterCount count = ParameterCount.of(Models.deepSeekV3());
        assertThat(count.tensors().stream()
                        .mapToLong(tensor -> tensor.elements() * tensor.copies())
                        .sum())
                .isEqualTo(count.total());
        assertThat(count.tensors())
                .filteredOn(tensor -> tensor.name().equals("experts.down.weight"))
                .singleElement()
                .satisfies(tensor -> assertThat(tensor.dimensions()).containsExactly(256L, 7168L, 2048L));
    }

    @Test
    void aTableOfTwoStacksCountsOnce() {
        ParameterCount count = ParameterCount.of(Models.t5(6, 512, 8, 64, 2048));
        long attention = 4 * 512L * 512;
        long feedForward = 2 * 512L * 2048;
        long encoder = 6 * (attention + feedForward + 2 * 512) + 512;
        long decoder = 6 * (2 * attention + feedForward + 3 * 512) + 512;
        assertThat(count.total()).isEqualTo(encoder + decoder + 32128L * 512);
        assertThat(count.embedding()).isEqualTo(32128L * 512);
    }

    @Test
    void aCountPast63BitsIsRefused() {
        long huge = 1L << 30;
        assertThatThrownBy(() -> ParameterCount.of(Models.llama(1 << 10, huge, 8, 8, huge, huge, 8)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the model's parameters");
    }

    @Test
    void theTextbooksFormLeavesOutBiasesAndNorms() {
        ParameterCount count = ParameterCount.of(Models.gpt3());
        assertThat(count.textbook().orElseThrow().closedForm().value())
                .isEqualByComparingTo(Arithmetic.evaluate("12 x 96 x 12288 x 12288"));
        assertThat(count.textbook().orElseThrow().difference().negate())
                .as("thirteen vectors a layer")
                .isEqualByComparingTo(Arithmetic.evaluate("96 x 13 x 12288"));
    }
}
