package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupedQueriesTest {
    private static final int QUERY_HEADS = 4;
    private static final int HEAD_ELEMENTS = 8 * TinyModels.HIDDEN;

    private final Memory memory = Memory.unlimited();

    /// The grouped model's weights, each key/value head once for every query head that it serves.
    private final class Duplicated implements Weights {
        private final Weights grouped;
        private final int keyValueHeads;

        Duplicated(Weights grouped, int keyValueHeads) {
            this.grouped = grouped;
            this.keyValueHeads = keyValueHeads;
        }

        @Override
        public Tensor of(InferenceProgram.Step step, Parameter parameter) {
            Tensor tensor = grouped.of(step, parameter);
            boolean head = parameter.name().equals("attention.key.weight")
                    || parameter.name().equals("attention.value.weight");
            return head ? duplicated(tensor) : tensor;
        }

        private Tensor duplicated(Tensor tensor) {
            float[] heads = new float[QUERY_HEADS * HEAD_ELEMENTS];
            for (int head = 0; head < QUERY_HEADS; head++) {
                int served = head * keyValueHeads / QUERY_HEADS;
                tensor.load(served * HEAD_ELEMENTS, heads, head * HEAD_ELEMENTS, HEAD_ELEMENTS, Work.ignored());
            }
            Tensor all = memory.allocate("all heads", List.of(heads.length), DataType.F32, Category.PARAMETER);
            all.store(0, heads, 0, heads.length, Work.ignored());
            return all;
        }
    }

    @Test
    void groupedQueriesGiveWhatDuplicatedHeadsGiveFromASmallerCache() {
        for (int keyValueHeads : List.of(1, 2)) {
            Weights weights = new RandomWeights(memory, DataType.F32, 5);
            Transformer grouped = model(keyValueHeads);
            Transformer full = model(QUERY_HEADS);
            Result few = run(grouped, weights);
            Result all = run(full, new Duplicated(weights, keyValueHeads));
            // Roundings to f32 of logits around 1 to 10.
            assertThat(few.logits()).containsExactly(all.logits(), within(1e-4f));
            assertThat(few.cache().times(QUERY_HEADS / keyValueHeads)).isEqualTo(all.cache());
        }
    }

    private static Transformer model(int keyValueHeads) {
        return TinyModels.decoder(
                "llama",
                TinyModels.TOKENS,
                List.of(TinyModels.before(TinyModels.grouped(keyValueHeads), TinyModels.gated())),
                TinyModels.RMS);
    }

    @SuppressWarnings("ArrayRecordComponent") // a view of what was computed
    private record Result(float[] logits, Bytes cache) {}

    private Result run(Transformer transformer, Weights weights) {
        try (Workers workers = new Workers(1)) {
            Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), memory);
            GenerationOptions options = GenerationOptions.of(Precision.FULL, new CacheLayout.Paged(2));
            TextModel model = new TextModel(InferenceProgram.of(transformer), weights, machine, options);
            Sequence sequence = model.start();
            model.feed(List.of(new Feed(sequence, List.of(1, 2, 3, 4, 5))), After.NEWEST);
            Fed fed = model.feed(List.of(new Feed(sequence, List.of(6))), After.NEWEST);
            return new Result(fed.logits().newest(0), sequence.allocated());
        }
    }
}
