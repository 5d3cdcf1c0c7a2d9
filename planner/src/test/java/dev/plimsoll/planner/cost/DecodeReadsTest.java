package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.planner.Models;
import org.junit.jupiter.api.Test;

class DecodeReadsTest {
    private static final DecodeReads.ExpertUse BALANCED = DecodeReads.ExpertUse.balanced(4);

    /// Llama 3.1 8B: all weights but the token table, of which one row a sequence; keys and values of 8 heads of 128 in
    /// 32 layers, for 1,000 past tokens and the new one.
    @Test
    void everyWeightAndEveryEntryIsReadOnce() {
        DecodeReads reads = of(Models.llama31With8B(), 4, 1000);
        assertThat(reads.weights().count()).isEqualTo(2 * (8_030_261_248L - 128_256 * 4096L + 4 * 4096));
        assertThat(reads.cache().count()).isEqualTo(2L * 2 * 32 * 8 * 128 * 1001 * 4);
    }

    /// GPT-2's head multiplies by the token table, so all of it is read, and a row a sequence is looked up besides; of the
    /// 1,024 positions one row a sequence.
    @Test
    void aTiedTableIsReadWholeByTheHead() {
        assertThat(of(Models.gpt2(), 4, 10).weights().count()).isEqualTo(2 * (124_439_808L - 1024 * 768 + 2 * 4 * 768));
    }

    /// Mixtral sends four tokens to at most 8 of 8 experts, one token to 2.
    @Test
    void onlyExpertsThatWereChosenAreRead() {
        Transformer mixtral = Models.mixtral8x7B();
        long experts = 32L * 3 * 4096 * 14336;
        long one = DecodeReads.of(
                        mixtral, new Workload.Decode(1, 10), Precision.MIXED_16, DecodeReads.ExpertUse.balanced(1))
                .weights()
                .count();
        long table = 4096;
        assertThat(of(mixtral, 4, 10).weights().count() - one).isEqualTo(2 * (6 * experts + 3 * table));
    }

    /// DeepSeek-V3 keeps 512 + 64 numbers a token and layer, 61 layers; expanded, 128 heads of 192 and 128.
    @Test
    void latentAttentionReadsItsLatents() {
        assertThat(of(Models.deepSeekV3(), 4, 99).cache().count()).isEqualTo(2L * 61 * 576 * 100 * 4);
        Workload.Decode expanded = new Workload.Decode(1, 99, LatentCache.EXPANDED);
        assertThat(DecodeReads.of(Models.deepSeekV3(), expanded, Precision.MIXED_16, BALANCED)
                        .cache()
                        .count())
                .isEqualTo(2L * 61 * 128 * (192 + 128) * 100);
    }

    /// Gemma 3 27B: 52 of 62 layers see 1,024 tokens, the others all; 16 heads of 128.
    @Test
    void aWindowIsReadAsFarAsItIsSeen() {
        assertThat(of(Models.gemma3With27B(), 1, 3000).cache().count())
                .isEqualTo(2L * 2 * 16 * 128 * (52 * 1024 + 10 * 3001));
    }

    private static DecodeReads of(Transformer model, long sequences, long past) {
        return DecodeReads.of(model, new Workload.Decode(sequences, past), Precision.MIXED_16, BALANCED);
    }
}
