package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final List<List<Integer>> TEXTS =
            List.of(List.of(3, 1, 4, 1, 5), List.of(9), List.of(2, 6, 5, 3, 5, 8, 9, 7));

    private final Memory memory = Memory.unlimited();
    private final Workers workers = new Workers(2);
    private final Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), memory);
    private final RandomWeights weights = new RandomWeights(memory, DataType.F32, 8);

    @AfterEach
    void end() {
        workers.close();
    }

    @Test
    void greedyTokensAreThoseThatTheWholeTextSays() {
        InferenceProgram program = InferenceProgram.of(TinyModels.windows());
        List<List<Integer>> generated =
                generator(program, new NextToken.Greedy(), SegmentPlan.WHOLE).generate(TEXTS, 6);
        for (int i = 0; i < TEXTS.size(); i++) {
            List<Integer> text = new ArrayList<>(TEXTS.get(i));
            for (int step = 0; step < 6; step++) {
                float[] logits =
                        WholeText.logits(program, weights, machine, text).getLast();
                text.add(new NextToken.Greedy().choose(logits, 0));
            }
            assertThat(generated.get(i)).isEqualTo(text.subList(TEXTS.get(i).size(), text.size()));
        }
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void piecesOfPromptsAndTheirBatchDoNotChangeWhatIsDrawn() {
        InferenceProgram program = InferenceProgram.of(TinyModels.llama());
        NextToken choice = NextToken.Sampled.of(1.5, 77).withTopK(12);
        List<List<Integer>> whole =
                generator(program, choice, SegmentPlan.WHOLE).generate(TEXTS, 8);
        assertThat(generator(program, choice, SegmentPlan.chunks(3)).generate(TEXTS, 8))
                .isEqualTo(whole);
        assertThat(generator(program, choice, SegmentPlan.WHOLE).generate(TEXTS.subList(0, 1), 8))
                .isEqualTo(whole.subList(0, 1));
        assertThat(generator(program, NextToken.Sampled.of(1.5, 78).withTopK(12), SegmentPlan.WHOLE)
                        .generate(TEXTS, 8))
                .isNotEqualTo(whole);
    }

    @Test
    void anEmptyTextIsRefusedBeforeAnythingIsRun() {
        Generator generator =
                generator(InferenceProgram.of(TinyModels.llama()), new NextToken.Greedy(), SegmentPlan.WHOLE);
        assertThatThrownBy(() -> generator.generate(List.of(List.of(1), List.of()), 3))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("text 2 of 2: found no token, expected at least one");
        assertThatThrownBy(() -> generator.generate(List.of(List.of(1)), 0))
                .hasMessageContaining("new tokens: found 0, expected at least 1");
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void whatIsNotContinuedSaysSo() {
        SelfAttention plain = SelfAttention.causal(new Heads(2, 2, 10));
        assertRefused(plain.withMask(new AttentionMask.Everything()), "an attention to later or chosen tokens");
        assertRefused(SelfAttention.encoder(new Heads(2, 2, 10)), "an attention that keeps nothing");
        assertRefused(
                plain.withRotary(Optional.of(TinyModels.rotary(10, new RotaryScaling.Dynamic(2, 16)))),
                "a rotation that changes as the text grows");
    }

    private static void assertRefused(SelfAttention attention, String found) {
        EmbeddingRecipe tokens = TinyModels.TOKENS;
        Transformer transformer = TinyModels.decoder(
                "other", tokens, List.of(TinyModels.before(attention, TinyModels.gated())), TinyModels.RMS);
        assertThatThrownBy(() -> InferenceProgram.of(transformer))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("other: found " + found);
    }

    private Generator generator(InferenceProgram program, NextToken choice, SegmentPlan prompts) {
        GenerationOptions options = GenerationOptions.of(Precision.FULL, new CacheLayout.Paged(4));
        return new Generator(new TextModel(program, weights, machine, options), choice, prompts);
    }
}
