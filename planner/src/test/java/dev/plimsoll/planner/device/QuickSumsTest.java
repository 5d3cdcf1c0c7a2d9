package dev.plimsoll.planner.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.LayerMemory;
import dev.plimsoll.planner.memory.LayerSplit;
import dev.plimsoll.planner.memory.TrainedLayer;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The quick way to what a layer costs a device, which a search takes, against the slow one: the device's own program.
class QuickSumsTest {
    private static final long SEQUENCES = 2;
    private static final long TOKENS = 64;
    /// Fused kernels throughout, and as many tensors as the mathematics needs.
    private static final TrainingMethod METHOD = TrainingMethod.of(Frameworks.MEGATRON_TE);

    static Stream<Arguments> layouts() {
        List<Arguments> layouts = new ArrayList<>();
        for (Transformer model : List.of(Models.llama31With8B(), Models.gemma3With27B(), Models.llama2With70B())) {
            for (SequenceSplit sequence : SequenceSplit.values()) {
                for (ContextExchange exchange : ContextExchange.values()) {
                    for (int tensor : new int[] {1, 2, 4, 16}) {
                        for (int context : new int[] {1, 2}) {
                            if (tensor * context <= 8 || exchange == ContextExchange.RING) {
                                layouts.add(Arguments.of(model, layout(tensor, sequence, context, exchange)));
                            }
                        }
                    }
                }
            }
        }
        return layouts.stream();
    }

    private static Parallelism layout(int tensor, SequenceSplit sequence, int context, ContextExchange exchange) {
        return new Parallelism(
                new TensorParallel(tensor, sequence),
                new ContextParallel(context, exchange),
                Parallelism.NONE.expert(),
                Parallelism.NONE.pipeline(),
                Parallelism.NONE.data());
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void aLayerKeepsWhatItsDeviceProgramKeeps(Transformer model, Parallelism parallelism) {
        Block layer = model.parts().getFirst().runs().get(1).block();
        long quick = TrainedLayer.of(layer, TrainedLayer.Place.LAYER, METHOD, Set.of(), Set.of())
                .memory(LayerSplit.of(parallelism), new TrainingBatch(SEQUENCES, SEQUENCES, TOKENS))
                .saved();
        assertThat(quick).isEqualTo(kept(model, parallelism));
    }

    /// Divided parameters of a layer, and what is held whole.
    @ParameterizedTest
    @MethodSource("layouts")
    void aLayerHoldsWhatItsDeviceProgramHolds(Transformer model, Parallelism parallelism) {
        Block layer = model.parts().getFirst().runs().get(1).block();
        long quick = TrainedLayer.of(layer, TrainedLayer.Place.LAYER, METHOD, Set.of(), Set.of())
                .memory(LayerSplit.of(parallelism), new TrainingBatch(SEQUENCES, SEQUENCES, TOKENS))
                .dense()
                .parameters();
        long slow = program(model, parallelism).parameters().stream()
                .filter(part -> part.tensor().startsWith("text.1/"))
                .mapToLong(part -> part.part().elements())
                .sum();
        assertThat(quick).isEqualTo(slow);
    }

    /// Mixtral's experts dealt out over 1 to 8 replicas, and over parts of their matrices in a tensor group of 2.
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "8, 1", "2, 2", "4, 2"})
    void expertsAreDealtOutAlike(int degree, int parts) {
        Parallelism parallelism = new Parallelism(
                new TensorParallel(2, SequenceSplit.SPLIT),
                Parallelism.NONE.context(),
                new ExpertParallel(degree, parts),
                Parallelism.NONE.pipeline(),
                new DataParallel(8, 8, Sharding.NONE));
        Block layer = Models.mixtral8x7B().parts().getFirst().runs().get(1).block();
        LayerMemory quick = TrainedLayer.of(layer, TrainedLayer.Place.LAYER, METHOD, Set.of(), Set.of())
                .memory(LayerSplit.of(parallelism), new TrainingBatch(16, 2, TOKENS));
        assertThat(quick.dense().parameters()).isEqualTo(held(parallelism, DeviceGroup.DATA));
        assertThat(quick.experts().parameters()).isEqualTo(held(parallelism, DeviceGroup.EXPERT_DATA));
    }

    private static long held(Parallelism parallelism, DeviceGroup replicas) {
        return program(Models.mixtral8x7B(), parallelism).parameters().stream()
                .filter(part -> part.tensor().startsWith("text.1/") && part.replicas() == replicas)
                .mapToLong(part -> part.part().elements())
                .sum();
    }

    private static long kept(Transformer model, Parallelism parallelism) {
        DeviceRun run = new DeviceRun(
                program(model, parallelism), new MicroBatch(SEQUENCES, TOKENS), 1, Runs.ADAM, RoutedCopies.none());
        TrainingProgram.Step layer =
                run.program().chunks().getFirst().program().blocks().get(1);
        DeviceSizes sizes = new DeviceSizes(run, 0, layer.label());
        return layer.backward().kept().stream().mapToLong(sizes::bytes).sum();
    }

    private static DeviceProgram program(Transformer model, Parallelism parallelism) {
        TrainingExecution execution = TrainingExecution.of(
                        METHOD.precision(), METHOD.framework().activations().attention())
                .withRecomputation(Recomputation.FUSED_GATES);
        return DeviceProgram.of(model, execution, parallelism, Optional.empty(), 0);
    }
}
