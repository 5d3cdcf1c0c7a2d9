package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.TrainedLayer.Place;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What PyTorch 2.13 on a CPU left after the forward pass of torchtitan's Llama layer (December 2024: an RMSNorm in f32,
/// complex rotations, repeated heads) in bf16, by its allocator's records: width 256, 8 heads of 32 that share 2, a
/// feed-forward width of 640; bytes a token, the layer's input counted and its output not, nor the table of rotations.
class TorchMemoryTest {
    private static final long TOKENS = 512;

    @Test
    void anEagerLayerKeepsWhatPyTorchKept() {
        assertThat(saved(Frameworks.FSDP)).isEqualTo(11_304 * TOKENS);
    }

    @Test
    void anEagerLayerWithSelectedOperatorsKeepsWhatPyTorchKept() {
        assertThat(saved(Frameworks.FSDP, Piece.OTHER_PRODUCTS)).isEqualTo(3_488 * TOKENS);
    }

    @Test
    void aCompiledLayerKeepsWhatPyTorchKept() {
        assertThat(saved(Frameworks.TORCH_COMPILE)).isEqualTo(7_976 * TOKENS);
    }

    @Test
    void aCompiledLayerWithSelectedOperatorsKeepsWhatPyTorchKept() {
        assertThat(saved(Frameworks.TORCH_COMPILE, Piece.OTHER_PRODUCTS)).isEqualTo(2_976 * TOKENS);
    }

    /// The mean cross entropy of bf16 scores that are widened first: eager 12 bytes a logit at most, compiled 4.
    @Test
    void lossesHoldWhatPyTorchHeld() {
        assertThat(Frameworks.FSDP.logits().bytesEach()).isEqualTo(12);
        assertThat(Frameworks.TORCH_COMPILE.logits().bytesEach()).isEqualTo(4);
    }

    private static long saved(FrameworkProfile framework, Piece... pieces) {
        Rotary rotary = new Rotary(32, 10000, Rotary.Pairing.NEIGHBOURS, Rotary.End.FIRST, new RotaryScaling.None());
        SelfAttention attention = SelfAttention.causal(new Heads(8, 2, 32)).withRotary(Optional.of(rotary));
        Block layer = Models.decoder(
                        "llama",
                        EmbeddingRecipe.plain(100, 256),
                        List.of(Models.before(attention, Models.gated(640))),
                        HeadRecipe.Weights.OWN,
                        Models.RMS)
                .parts()
                .getFirst()
                .runs()
                .get(1)
                .block();
        return TrainedLayer.of(layer, Place.LAYER, TrainingMethod.of(framework), Set.of(pieces), Set.of())
                .memory(LayerSplit.NONE, new TrainingBatch(1, 1, TOKENS))
                .saved();
    }
}
