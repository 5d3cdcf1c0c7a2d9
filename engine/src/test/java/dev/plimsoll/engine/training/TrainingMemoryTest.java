package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a training step holds, as it was really allocated.
class TrainingMemoryTest {
    private static final Workers WORKERS = new Workers(2);
    private static final int B = 3;
    private static final int S = 10;
    private static final int H = 24;
    private static final int A = 4;
    private static final TrainingExecution CLASSIC =
            TrainingExecution.of(Precision.MIXED_16, Lab.WRITTEN_OUT).withDropout(new DropoutRates(0.1, 0.1, 0.1));

    @AfterAll
    static void stop() {
        WORKERS.close();
    }

    /// Korthikanti et al. 2022, equation 1; the statistics of two normalisations are `2 · 2 · 4` bytes a token. A layer
    /// hands its output on, which the next one keeps, as the one before did with its input.
    @Test
    void theClassicLayerKeepsThirtyFourBytesAndFiveForEachPair() {
        assertThat(keptByTheMiddleLayer(Recomputation.NONE)).isEqualTo(34 * S * B * H + 5 * A * S * S * B + 16 * B * S);
    }

    /// Korthikanti et al. 2022, section 5: without the core's `5as²b`.
    @Test
    void coresThatAreRunAgainKeepNoPairs() {
        assertThat(keptByTheMiddleLayer(Recomputation.everywhere(Piece.CORE_ATTENTION)))
                .isEqualTo(34 * S * B * H + 16 * B * S);
    }

    @Test
    void layersThatAreRunAgainKeepTheirInputAlone() {
        assertThat(keptByTheMiddleLayer(Recomputation.everywhere(Piece.LAYER))).isEqualTo(2 * S * B * H);
    }

    private static long keptByTheMiddleLayer(Recomputation recomputation) {
        try (Trainer trainer = Lab.trainer(classic(), CLASSIC.withRecomputation(recomputation), WORKERS)) {
            trainer.step(Lab.batch(B, S, 1));
            return trainer.observation().allocated().stream()
                    .filter(tensor -> tensor.category() == Category.SAVED_ACTIVATION)
                    .filter(tensor -> tensor.name().startsWith("text.2/"))
                    .mapToLong(tensor -> tensor.bytes().count())
                    .sum();
        }
    }

    /// Three layers of biased attention and a feed-forward network four times as wide.
    private static Transformer classic() {
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(TinyModels.VOCABULARY, H);
        LayerRecipe layer = new LayerRecipe(
                Wiring.NORM_BEFORE,
                NormRecipe.layer(1e-5),
                SelfAttention.causal(new Heads(A, A, H / A)).withBiased(SelfAttention.Projection.values()),
                new PlainFeedForward(4 * H, ActivationFunction.GELU_TANH, Presence.PRESENT));
        Part part = new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, H, key -> TensorNames.NONE)
                .embedding(embedding)
                .layers(List.of(layer, layer, layer), 0)
                .head(new HeadRecipe(HeadRecipe.Weights.TIED, TinyModels.VOCABULARY, Presence.ABSENT), embedding)
                .build();
        return new Transformer("classic", List.of(part), OptionalLong.empty());
    }

    /// Rajbhandari et al. 2020, Megatron-LM and Smith et al. 2022 for the mixed ones; Adam's two states among them.
    @Test
    void adamHoldsSixteenToTwentyBytesForEachParameter() {
        Map<Precision, Integer> bytes =
                Map.of(Precision.FULL, 16, Precision.MIXED_16, 16, Precision.MIXED_18, 18, Precision.MIXED_20, 20);
        bytes.forEach((precision, each) -> {
            Machine machine = Lab.machine(Kernels.best(), WORKERS);
            TrainingProgram program = TrainingProgram.of(TinyModels.gpt2(), TrainingExecution.of(precision, Lab.TILED));
            try (Trainer trainer = Trainer.start("gpt2", program, new Optimizer.Adam(0.1), Lab::lively, machine, 1)) {
                long parameters = trainer.parameters().all().stream()
                        .mapToLong(parameter -> parameter.place().parameter().elements())
                        .sum();
                assertThat(held(machine.memory())).as(precision.name()).isEqualTo(each * parameters);
            }
            assertThat(held(machine.memory())).isZero();
        });
    }

    static Stream<Transformer> models() {
        return TinyModels.all().stream();
    }

    /// Between the passes: what is saved, the states, and the loss of 4 bytes. Behind the step: the states.
    @ParameterizedTest
    @MethodSource("models")
    void nothingOutlivesItsLastReader(Transformer model) {
        Machine machine = Lab.machine(Kernels.best(), WORKERS);
        TrainingProgram program = TrainingProgram.of(model, CLASSIC);
        try (Trainer trainer = Trainer.start("tiny", program, Lab.DESCENT, Lab::lively, machine, 1)) {
            long states = held(machine.memory());
            trainer.step(Lab.batch(2, 5, 1));
            assertThat(held(machine.memory())).isEqualTo(states);
            Observation observation = trainer.observation();
            assertThat(count(observation, Category.TEMPORARY)).isEqualTo(4);
            assertThat(observation.peak().bytes().count())
                    .isGreaterThan(states + count(observation, Category.SAVED_ACTIVATION));
            assertThat(observation.scratch().count()).isPositive();
            assertThat(observation.peak().moment()).matches("text\\.\\d+ (forward|rerun|gradient) .+");
        }
    }

    private static long count(Observation observation, Category category) {
        return observation.afterForward().entrySet().stream()
                .filter(entry -> entry.getKey() == category)
                .mapToLong(entry -> entry.getValue().count())
                .sum();
    }

    /// Everything but scratch.
    private static long held(Memory memory) {
        long held = 0;
        for (Category category : Category.values()) {
            if (category != Category.SCRATCH) {
                held += memory.held(category).count();
            }
        }
        return held;
    }

    /// Of the gradient step that reads most, the first tensor is struck from what is kept, and from what is listed.
    @Test
    void whatIsNotKeptOrNotListedCannotBeRead() {
        TrainingProgram program = TrainingProgram.of(TinyModels.llama(), Lab.PLAIN);
        TrainingProgram notKept = withLastLayer(
                program,
                backward -> new BlockBackward(
                        backward.kept().subList(1, backward.kept().size()),
                        backward.steps(),
                        backward.inputGradients()));
        assertThatThrownBy(() -> gradients(notKept)).isInstanceOf(IllegalStateException.class);
        TrainingProgram notListed = withLastLayer(
                program,
                backward -> new BlockBackward(
                        backward.kept(),
                        backward.steps().stream()
                                .map(TrainingMemoryTest::withoutReads)
                                .toList(),
                        backward.inputGradients()));
        assertThatThrownBy(() -> gradients(notListed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not list");
    }

    @Test
    void whatIsKeptInVainIsNamed() {
        TrainingProgram program = TrainingProgram.of(TinyModels.llama(), Lab.PLAIN);
        int layer = program.blocks().size() - 3;
        Kept vain = new Kept.OfValue(
                program.blocks().get(layer).block().operators().get(6).output());
        TrainingProgram wasteful = withLastLayer(program, backward -> {
            List<Kept> kept = new ArrayList<>(backward.kept());
            assertThat(kept).doesNotContain(vain);
            kept.add(vain);
            return new BlockBackward(kept, backward.steps(), backward.inputGradients());
        });
        assertThat(gradients(wasteful).neverRead()).containsExactly("text." + layer + "/" + vain.name());
        assertThat(gradients(program).neverRead()).isEmpty();
    }

    private static Observation gradients(TrainingProgram program) {
        try (Trainer trainer = Lab.trainer(program, Kernels.best(), WORKERS)) {
            trainer.gradients(List.of(Lab.batch(2, 5, 1)));
            return trainer.observation();
        }
    }

    private static BackwardStep withoutReads(BackwardStep step) {
        return switch (step) {
            case BackwardStep.Rerun rerun -> rerun;
            case BackwardStep.Gradient gradient ->
                new BackwardStep.Gradient(gradient.operator(), gradient.inputs(), gradient.parameters(), List.of());
        };
    }

    /// The last layer stands before the last normalisation and the head.
    private static TrainingProgram withLastLayer(TrainingProgram program, UnaryOperator<BlockBackward> change) {
        List<TrainingProgram.Step> blocks = new ArrayList<>(program.blocks());
        int layer = blocks.size() - 3;
        TrainingProgram.Step old = blocks.get(layer);
        blocks.set(
                layer, new TrainingProgram.Step(old.label(), old.block(), old.layer(), change.apply(old.backward())));
        return new TrainingProgram(blocks, program.execution());
    }
}
