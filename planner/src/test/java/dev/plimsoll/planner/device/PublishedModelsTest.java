package dev.plimsoll.planner.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.training.MicroBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Published models divided: what all devices have together is what one has alone.
class PublishedModelsTest {
    private static final MicroBatch BATCH = new MicroBatch(1, 64);
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(16, 16));

    static Stream<Transformer> decoders() {
        return Stream.of(
                Models.llama31With8B(),
                Models.llama2With70B(),
                Models.mixtral8x7B(),
                Models.deepSeekV3(),
                Models.gemma3With27B(),
                Models.gptOss20B());
    }

    /// With the sequence split each kept tensor of a layer is divided, by its heads, its inner width or its tokens.
    @ParameterizedTest
    @MethodSource("decoders")
    void tensorParallelismWithTheSequenceSplitDividesWhatLayersKeep(Transformer model) {
        assertThat(kept(model, Runs.tensor(4, SequenceSplit.SPLIT), 4)).isEqualTo(kept(model, Parallelism.NONE, 1));
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void aRingDividesWhatLayersKeep(Transformer model) {
        assertThat(kept(model, Runs.context(4, ContextExchange.RING), 4)).isEqualTo(kept(model, Parallelism.NONE, 1));
    }

    /// Summed over a tensor group: what is divided once, what is not as often as there are devices.
    @ParameterizedTest
    @MethodSource("decoders")
    void theTensorGroupHoldsEveryParameter(Transformer model) {
        Parallelism four = Runs.tensor(4, SequenceSplit.SPLIT);
        Map<String, Long> divided = new HashMap<>();
        long whole = 0;
        for (int rank = 0; rank < 4; rank++) {
            for (ParameterPart part : program(model, four, rank).parameters()) {
                if (!part.slices().isEmpty()) {
                    divided.merge(part.tensor(), part.part().elements(), Math::addExact);
                } else if (rank == 0) {
                    whole += part.part().elements();
                }
            }
        }
        long sum = divided.values().stream().mapToLong(Long::longValue).sum();
        assertThat(sum + whole).isEqualTo(ParameterCount.of(model).total());
        assertThat(sum).isGreaterThan(whole / 100);
    }

    /// Bytes that each layer keeps, times so many devices.
    private static Map<String, Long> kept(Transformer model, Parallelism parallelism, long devices) {
        DeviceRun run = new DeviceRun(program(model, parallelism, 0), BATCH, 1, Runs.ADAM, RoutedCopies.none());
        Map<String, Long> kept = new HashMap<>();
        for (TrainingProgram.Step block :
                run.program().chunks().getFirst().program().blocks()) {
            boolean layer = block.block().operators().stream()
                    .anyMatch(operator -> operator.name().equals("attention.core"));
            if (layer) {
                DeviceSizes sizes = new DeviceSizes(run, 0, block.label());
                long bytes =
                        block.backward().kept().stream().mapToLong(sizes::bytes).sum();
                kept.put(block.label(), bytes * devices);
            }
        }
        assertThat(kept).isNotEmpty();
        return kept;
    }

    private static DeviceProgram program(Transformer model, Parallelism parallelism, int rank) {
        return DeviceProgram.of(model, TILED, parallelism, Optional.empty(), rank);
    }
}
