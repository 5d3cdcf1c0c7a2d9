package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class DistributedTrainerTest {
    private static final int SEQUENCES = 8;
    /// Its epsilon is far above rounding errors, which Adam would else blow up where a gradient is zero but for them.
    private static final Optimizer ADAM = new Optimizer.Adam(1e-2, 0.9, 0.99, 1e-2);

    private static Stream<Arguments> splits() {
        Transformer gpt = DividedModels.gpt();
        Transformer llama = DividedModels.llama(4);
        Transformer mixtral = DividedModels.mixtral();
        Transformer deepSeek = DividedModels.deepSeek();
        return Stream.of(
                Arguments.of("data 2", gpt, data(2, Sharding.NONE)),
                Arguments.of("zero 1", gpt, data(4, Sharding.OPTIMIZER)),
                Arguments.of("zero 2", llama, data(2, Sharding.GRADIENTS)),
                Arguments.of("zero 3", gpt, data(4, Sharding.WEIGHTS)),
                Arguments.of("hybrid", llama, Split.NONE.data(new DataParallel(4, 2, Sharding.WEIGHTS))),
                Arguments.of("gpipe", gpt, pipeline(2, 1, PipelineSchedule.GPIPE)),
                Arguments.of("1f1b", llama, pipeline(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                Arguments.of("interleaved", gpt, pipeline(2, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                Arguments.of("zero bubble", gpt, pipeline(2, 1, PipelineSchedule.ZERO_BUBBLE)),
                Arguments.of("tensor 2", gpt, tensor(2, SequenceSplit.WHOLE)),
                Arguments.of("tensor 4", llama, tensor(4, SequenceSplit.WHOLE)),
                Arguments.of("key/value replicas", DividedModels.llama(2), tensor(4, SequenceSplit.WHOLE)),
                Arguments.of("sequence 2", gpt, tensor(2, SequenceSplit.SPLIT)),
                Arguments.of("sequence 4", llama, tensor(4, SequenceSplit.SPLIT)),
                Arguments.of("ring 2", gpt, context(2, ContextExchange.RING)),
                Arguments.of("ring 4", llama, context(4, ContextExchange.RING)),
                Arguments.of("all-to-all 4", llama, context(4, ContextExchange.ALL_TO_ALL)),
                Arguments.of("latent heads", deepSeek, tensor(2, SequenceSplit.SPLIT)),
                Arguments.of("experts 2", mixtral, data(2, Sharding.NONE).expert(2, 1)),
                Arguments.of("experts 4", deepSeek, data(4, Sharding.OPTIMIZER).expert(4, 1)),
                Arguments.of("expert parts 2", mixtral, data(2, Sharding.NONE).expert(1, 2)),
                Arguments.of("experts 2 x 2", mixtral, data(4, Sharding.NONE).expert(2, 2)),
                Arguments.of(
                        "experts, tensor",
                        mixtral,
                        tensor(2, SequenceSplit.SPLIT).expert(2, 1)),
                Arguments.of(
                        "everything",
                        mixtral,
                        tensor(2, SequenceSplit.SPLIT)
                                .context(new ContextParallel(2, ContextExchange.RING))
                                .expert(2, 2)
                                .pipeline(new PipelineParallel(
                                        2, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of()))
                                .data(new DataParallel(2, 2, Sharding.WEIGHTS))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("splits")
    void severalDevicesTrainAsOneDoes(String name, Transformer model, Split split) {
        Parallelism parallelism = split.parallelism();
        int microBatches = SEQUENCES / (2 * parallelism.data().degree());
        TrainingExecution how = TrainingExecution.of(Lab.PLAIN.precision(), Lab.TILED);
        Batch batch = Lab.batch(SEQUENCES, DividedModels.TOKENS, 5);
        DistributedTrainer many = DistributedTrainer.start(
                DistributedJob.of(name, model, how, parallelism, Optional.empty()),
                ADAM,
                Lab::lively,
                machines(parallelism),
                7);
        try (Workers workers = new Workers(1);
                Trainer one = Trainer.start(
                        name,
                        TrainingProgram.of(model, how),
                        ADAM,
                        Lab::lively,
                        Lab.machine(Kernels.best(), workers),
                        7)) {
            Batch[] pairs = new Batch[SEQUENCES / 2];
            for (int i = 0; i < pairs.length; i++) {
                pairs[i] = batch.sequences(2 * i, 2 * i + 2);
            }
            float loss = many.gradients(batch, microBatches);
            Map<String, float[]> expected = Lab.gradients(one, pairs);
            assertNear(many.wholeGradients(), expected);
            assertThat(loss).isEqualTo(one.step(List.of(pairs)), Offset.offset(1e-5f));
            many.step(batch, microBatches);
            assertNear(many.wholeWeights(), weights(one));
        }
    }

    private static Map<String, float[]> weights(Trainer trainer) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        trainer.parameters().all().forEach(held -> weights.put(held.place().name(), Lab.floats(held.weight())));
        return weights;
    }

    /// Within 1e-5 of the largest element: sums over devices have another order, in f32.
    static void assertNear(Map<String, float[]> found, Map<String, float[]> expected) {
        assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((name, values) -> {
            float[] others = found.getOrDefault(name, new float[0]);
            double largest = 0;
            double furthest = 0;
            for (int i = 0; i < values.length; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
                double distance = Math.abs(values[i] - others[i]);
                furthest = Double.isNaN(distance) ? Double.NaN : Math.max(furthest, distance);
            }
            assertThat(furthest).as(name).isLessThanOrEqualTo(1e-5 * Math.max(1, largest));
        });
    }

    static List<Machine> machines(Parallelism parallelism) {
        List<Machine> machines = new ArrayList<>();
        for (int device = 0; device < parallelism.devices(); device++) {
            machines.add(Lab.machine(Kernels.best(), new Workers(1)));
        }
        return machines;
    }

    private static Split tensor(int degree, SequenceSplit sequence) {
        return Split.NONE.tensor(new TensorParallel(degree, sequence));
    }

    private static Split context(int degree, ContextExchange exchange) {
        return Split.NONE.context(new ContextParallel(degree, exchange));
    }

    private static Split pipeline(int degree, int chunks, PipelineSchedule schedule) {
        return Split.NONE.pipeline(new PipelineParallel(degree, chunks, schedule, List.of()));
    }

    private static Split data(int degree, Sharding sharding) {
        return Split.NONE.data(new DataParallel(degree, sharding == Sharding.NONE ? 1 : degree, sharding));
    }

    /// A parallelism of which one part after the other is changed.
    record Split(Parallelism parallelism) {
        static final Split NONE = new Split(Parallelism.NONE);

        Split tensor(TensorParallel other) {
            return new Split(new Parallelism(
                    other, parallelism.context(), parallelism.expert(), parallelism.pipeline(), parallelism.data()));
        }

        Split context(ContextParallel other) {
            return new Split(new Parallelism(
                    parallelism.tensor(), other, parallelism.expert(), parallelism.pipeline(), parallelism.data()));
        }

        Split expert(int degree, int parts) {
            return new Split(new Parallelism(
                    parallelism.tensor(),
                    parallelism.context(),
                    new ExpertParallel(degree, parts),
                    parallelism.pipeline(),
                    parallelism.data()));
        }

        Split pipeline(PipelineParallel other) {
            return new Split(new Parallelism(
                    parallelism.tensor(), parallelism.context(), parallelism.expert(), other, parallelism.data()));
        }

        Split data(DataParallel other) {
            return new Split(new Parallelism(
                    parallelism.tensor(), parallelism.context(), parallelism.expert(), parallelism.pipeline(), other));
        }
    }
}
