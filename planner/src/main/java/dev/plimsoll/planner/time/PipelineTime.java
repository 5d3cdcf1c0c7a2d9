package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.shape.Axis;

/// How long a pipeline takes for a step by a closed form, which a search can afford.
///
/// - GPipe: the forwards flow through, then the backwards: `sum f + (m - 1) max f + sum b + (m - 1) max b`.
/// - One forward, one backward: the slowest stage is never idle but while the pipeline fills and drains: `m max(f + b)` and
///   `(f + b)` of the others, divided by the chunks where it is interleaved.
/// - Zero bubble (ZB-H1): the same, where of each of the others the weights' gradients `w` fill the bubble, so
///   `f + b - 2 w` is left of it (`b` includes `w`).
///
/// Equal to [PipelineReplay] where all stages take the same time; an estimate where they do not.
///
/// Sources: Huang et al. 2019, section 2.3; Narayanan et al. 2021, section 2.2.1 and 2.2.2; Qi et al. 2024, table 1.
public final class PipelineTime {
    private PipelineTime() {}

    /// @param stages in order
    /// @param chunks on each stage
    /// @param hop seconds to send a micro-batch's activations to the next stage, as far as it shows
    /// @return seconds from the first forward to the last backward
    public static double seconds(
            StageTime[] stages, PipelineSchedule schedule, int chunks, long microBatches, double hop) {
        if (stages.length == 1) {
            return microBatches * stages[0].seconds();
        }
        double forward = 0;
        double backward = 0;
        double idle = 0;
        double longestForward = 0;
        double longestBackward = 0;
        double slowest = 0;
        double idleOfSlowest = 0;
        for (StageTime stage : stages) {
            double seconds = stage.seconds();
            double filling = filling(stage, schedule);
            forward += stage.forward();
            backward += stage.backward();
            idle += filling;
            longestForward = Math.max(longestForward, stage.forward());
            longestBackward = Math.max(longestBackward, stage.backward());
            if (seconds > slowest) {
                slowest = seconds;
                idleOfSlowest = filling;
            }
        }
        double hops = 2.0 * (stages.length - 1) * hop;
        return switch (schedule) {
            case GPIPE -> forward + backward + (microBatches - 1) * (longestForward + longestBackward) + hops;
            case ONE_FORWARD_ONE_BACKWARD, ZERO_BUBBLE ->
                microBatches * slowest + (idle - idleOfSlowest) / chunks + hops + between(chunks, microBatches, hop);
        };
    }

    /// Elements of a micro-batch's residual stream that one device sends to the next stage.
    public static double hopElements(Transformer model, Split split) {
        DeviceSizes sizes = new DeviceSizes(split.parallelism(), split.batch());
        return model.parts().stream()
                .flatMap(part -> part.runs().stream())
                .map(run -> run.block().outputs().getFirst().shape())
                .filter(shape -> shape.has(Axis.HIDDEN))
                .mapToDouble(sizes::elements)
                .max()
                .orElse(0);
    }

    /// A stage sends after each chunk while others wait, so what shows of it grows with the chunks.
    private static double between(int chunks, long microBatches, double hop) {
        return chunks == 1 ? 0 : 2.0 * (chunks - 1) * microBatches * hop;
    }

    private static double filling(StageTime stage, PipelineSchedule schedule) {
        return switch (schedule) {
            case GPIPE, ONE_FORWARD_ONE_BACKWARD -> stage.seconds();
            case ZERO_BUBBLE -> Math.max(0, stage.seconds() - 2 * stage.weightGradients());
        };
    }
}
