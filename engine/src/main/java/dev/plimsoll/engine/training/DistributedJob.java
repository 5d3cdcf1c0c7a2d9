package dev.plimsoll.engine.training;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What is to be trained on several devices.
///
/// @param model its name, for messages
/// @param whole what a single device would run
/// @param devices what each device runs
public record DistributedJob(String model, TrainingProgram whole, List<DeviceProgram> devices) {
    public DistributedJob {
        devices = List.copyOf(devices);
    }

    /// @throws dev.plimsoll.model.failure.InputException with every degree that does not divide what it should, or
    ///     naming an operator that cannot be divided
    public static DistributedJob of(
            String name,
            Transformer model,
            TrainingExecution execution,
            Parallelism parallelism,
            Optional<LowRankAdaptation> adaptation) {
        List<DeviceProgram> devices = IntStream.range(0, Math.toIntExact(parallelism.devices()))
                .mapToObj(rank -> DeviceProgram.of(model, execution, parallelism, adaptation, rank))
                .toList();
        return new DistributedJob(name, TrainingProgram.of(model, execution, adaptation), devices);
    }

    public Parallelism parallelism() {
        return devices.getFirst().parallelism();
    }
}
