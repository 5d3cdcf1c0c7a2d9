package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.TrainedLayer.Place;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.ExpertLoad;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpertMemoryTest {
    private static final TrainingMethod TE = TrainingMethod.of(Frameworks.MEGATRON_TE);

    /// Mixtral 8x7B, each token to 2 of 8 experts. A token of the layer: norm-1 input and output, norm-2 input and output
    /// `8h`, attention `4q + 4kv + 4a`, statistics 8, the router's probabilities `4E`, chosen numbers and weights `8e`.
    /// A row sent to an expert: its input `2h`, gate and up `4f`, their product `2f`.
    @ParameterizedTest
    @CsvSource({"1,1,1", "1,4,1", "2,4,1", "2,4,2", "4,1,4"})
    void expertsKeepWhatTheyWereSent(int t, int ep, int etp) {
        long h = 4096;
        long kv = 1024;
        long f = 14336;
        long tokens = 8192;
        LayerMemory layer = layer(Models.mixtral8x7B(), 1, TE, t, ep, etp, tokens);
        long token = 8 * h + 8 + 4 * 8 + 8 * 2;
        long rows = tokens * 2L * etp / t;
        assertThat(layer.saved())
                .isEqualTo(tokens * token / t + tokens * (4 * h + 4 * kv + 4 * 32) / t + rows * (2 * h + 6 * f / etp));
        assertThat(layer.experts().parameters()).isEqualTo(8L / ep * 3 * h * f / etp);
        assertThat(layer.dense().parameters()).isEqualTo(h * (2 * h + 2 * kv) / t + 2 * h + 8 * h);
    }

    /// The busiest device's rows, 1.25 and 2 times the mean.
    @Test
    void unevenRoutingGrowsOnlyWhatExpertsKeep() {
        long rows = 8192 * 2;
        long row = 2 * 4096 + 6 * 14336;
        long even = layer(Models.mixtral8x7B(), 1, TE, 1, 4, 1, 8192).saved();
        assertThat(layer(Models.mixtral8x7B(), 1, TE.withLoad(ExpertLoad.UNEVEN), 1, 4, 1, 8192)
                        .saved())
                .isEqualTo(even + rows * row / 4);
        assertThat(layer(Models.mixtral8x7B(), 1, TE.withLoad(ExpertLoad.WORST), 1, 4, 1, 8192)
                        .saved())
                .isEqualTo(even + rows * row);
    }

    /// Experts' states are shared out among those who hold the same: 8 replicas of 4-way experts are 2 owners each.
    @Test
    void expertsShareTheirStatesAmongTheirOwnOwners() {
        Jobs jobs = Jobs.of(Models.mixtral8x7B(), Frameworks.MEGATRON_TE)
                .experts(4, 1)
                .batch(8, 1, 4096)
                .data(8, Sharding.OPTIMIZER);
        long experts = 32L * 8 / 4 * 3 * 4096 * 14336;
        long dense = 32L * (4096 * (2 * 4096 + 2 * 1024) + 2 * 4096 + 8 * 4096) + 4096 + 2 * 32000 * 4096;
        assertThat(jobs.plan().worstStage().states())
                .isEqualTo(6 * (dense + experts) + 12 * dense / 8 + 12 * experts / 2);
    }

    /// DeepSeek-V3's latent attention, a token: norm-1 input and output `4h`; query latent before and after its norm
    /// `4 · 1536`, key/value latent `4 · 512`, queries and keys of 128 heads of 192, values and outputs of 128, in two
    /// bytes; log-sum-exp `4 · 128`; statistics of three norms 12. The dense feed-forward network: `4h`, `6f`, statistics 4.
    @Test
    void latentAttentionKeepsItsExpansions() {
        long h = 7168;
        long tokens = 4096;
        long latents = 4 * 1536 + 4 * 512;
        long expanded = 2 * 128 * (192 + 192 + 128 + 128);
        assertThat(expanded).as("a token of a layer").isEqualTo(163_840);
        long kept = 4 * h + latents + expanded + 4 * 128 + 12 + 4 * h + 6 * 18432 + 4;
        assertThat(layer(Models.deepSeekV3(), 1, TE, 1, 1, 1, tokens).saved()).isEqualTo(tokens * kept);
        long queriesKeysValues = 2 * 128 * (192 + 192 + 128);
        // What the keys are made of, 64 elements rotated once for all heads, is kept instead.
        long rotated = 2 * 64;
        assertThat(layer(Models.deepSeekV3(), 1, TE, 1, 1, 1, tokens, Piece.LATENT_UP_PROJECTION)
                        .saved())
                .isEqualTo(tokens * (kept - queriesKeysValues + rotated));
    }

    @Test
    void recomputingExpertsKeepsTheirInputAlone() {
        long tokens = 1024;
        LayerMemory layer = layer(Models.mixtral8x7B(), 1, TE, 1, 1, 1, tokens, Piece.FEED_FORWARD);
        long attention = 4 * 4096 + 4 * 4096 + 4 * 1024 + 4 * 32 + 4;
        assertThat(layer.saved()).isEqualTo(tokens * (attention + 4 * 4096 + 4));
        assertThat(layer.saved() + layer.rerun())
                .isEqualTo(layer(Models.mixtral8x7B(), 1, TE, 1, 1, 1, tokens).saved());
    }

    private static LayerMemory layer(
            Transformer model, int run, TrainingMethod method, int t, int ep, int etp, long tokens, Piece... pieces) {
        Block block = model.parts().getFirst().runs().get(run).block();
        LayerSplit split = new LayerSplit(t, SequenceSplit.SPLIT, 1, ContextExchange.RING, ep, etp);
        return TrainedLayer.of(block, Place.LAYER, method, Set.of(pieces), Set.of())
                .memory(split, new TrainingBatch(1, 1, tokens));
    }
}
