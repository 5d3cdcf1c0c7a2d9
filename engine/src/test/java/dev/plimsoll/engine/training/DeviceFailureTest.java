package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A device that fails: all stop, and the first cause is shown.
@Timeout(30)
class DeviceFailureTest {
    /// Eight devices: two of a tensor group in each of two stages of two replicas.
    private static final Parallelism EIGHT = new Parallelism(
            new TensorParallel(2, SequenceSplit.SPLIT),
            Parallelism.NONE.context(),
            Parallelism.NONE.expert(),
            new PipelineParallel(2, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of()),
            new DataParallel(2, 2, Sharding.WEIGHTS));

    private static final Batch BATCH = Lab.batch(8, DividedModels.TOKENS, 3);

    /// From what is held before a step to its peak: a share of 0 fails at the first tensor, one of 0.9 late in the step.
    @ParameterizedTest
    @CsvSource({"0, 0", "0, 0.5", "3, 0.2", "5, 0.9", "7, 0", "7, 0.99"})
    void aDeviceWithTooLittleMemoryStopsAll(int device, double share) {
        List<Machine> roomy = machines(-1, Long.MAX_VALUE);
        DistributedTrainer trainer = start(roomy);
        Memory memory = roomy.get(device).memory();
        long before = memory.held(Category.PARAMETER).count()
                + memory.held(Category.GRADIENT).count()
                + memory.held(Category.OPTIMIZER_STATE).count();
        trainer.step(BATCH, 2);
        long peak = memory.peak().bytes().count();
        long limit = before + (long) (share * (peak - before));
        DistributedTrainer poor = start(machines(device, limit));
        assertThatThrownBy(() -> poor.step(BATCH, 2))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("device " + device + ": tensor ")
                .hasMessageContaining("expected at most");
        // It does not recover half a step.
        assertThatThrownBy(() -> poor.step(BATCH, 2)).hasMessageStartingWith("device " + device + ": tensor ");
    }

    @Test
    void aDeviceThatCannotHoldItsStatesIsRefusedAtTheStart() {
        assertThatThrownBy(() -> start(machines(6, 100)))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("device 6: tensor text.");
    }

    @Test
    void aParameterThatIsMissingOnSomeDevicesIsSaidOnce() {
        ParameterSource without = place -> {
            if (place.name().equals("text.4/attention.query.weight")) {
                throw InputException.unreadable("text.4/attention.query.weight: found no tensor", "Give it.");
            }
            return Lab.lively(place);
        };
        assertThatThrownBy(() -> DistributedTrainer.start(job(), Lab.DESCENT, without, machines(-1, 0), 7))
                .isInstanceOf(InputException.class)
                .hasMessageMatching("device [4-7]: text.4/attention.query.weight: found no tensor");
    }

    @Test
    void aBatchThatCannotBeDealtOutChangesNothing() {
        DistributedTrainer trainer = start(machines(-1, 0));
        assertThatThrownBy(() -> trainer.step(BATCH, 3))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("8 sequences, expected a multiple of 3 micro-batches on each of 2 replicas");
        assertThat(trainer.step(BATCH, 2)).isPositive();
    }

    private static DistributedTrainer start(List<Machine> machines) {
        return DistributedTrainer.start(job(), Lab.DESCENT, Lab::lively, machines, 7);
    }

    private static DistributedJob job() {
        TrainingExecution how = TrainingExecution.of(Lab.PLAIN.precision(), Lab.TILED);
        return DistributedJob.of("llama", DividedModels.llama(4), how, EIGHT, Optional.empty());
    }

    /// @param poor which of them has a limit
    private static List<Machine> machines(int poor, long limit) {
        List<Machine> machines = new ArrayList<>();
        for (int device = 0; device < EIGHT.devices(); device++) {
            Memory memory = new Memory(new Bytes(device == poor ? limit : Long.MAX_VALUE), AfterRelease.POISON);
            machines.add(Machine.of(Kernels.best(), new Workers(1), Meter.counting(1), memory));
        }
        return machines;
    }
}
