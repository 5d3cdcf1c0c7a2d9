package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism.Sharding;

/// What data parallelism sends for every block and for every step.
///
/// Weights that are shared out are gathered for each block's way forward and again for its way back, and their gradients
/// scattered after it, for every micro-batch. Otherwise gradients are reduced once a step, in buckets behind the last way
/// back, and what was shared out of the optimizer's work is gathered before the next way forward.
///
/// Source: Rajbhandari et al. 2020 (ZeRO), section 7; Zhao et al. 2023 (PyTorch FSDP), section 3.3.
///
/// @param dense the devices that share out a dense parameter
/// @param expert the devices that share out an expert's
/// @param replicas the groups among which weights are whole, where they are shared out in each group (hybrid sharding)
/// @param weightBytes of a weight as it is sent
/// @param gradientBytes of a gradient as it is sent
/// @param exposed the share that shows of what could be hidden
public record WeightSharing(
        Sharding sharding,
        Ring dense,
        Ring expert,
        Ring replicas,
        double weightBytes,
        double gradientBytes,
        double exposed) {
    /// Seconds to gather one block's weights; nothing where each device has them.
    double gather(LayerTime kind) {
        return sharding == Sharding.WEIGHTS ? parts(kind.held(), weightBytes) : 0;
    }

    /// Seconds to reduce one block's gradients to what each device keeps of them, in every micro-batch.
    double scatter(LayerTime kind) {
        return sharding == Sharding.WEIGHTS ? parts(kind.trained(), gradientBytes) : 0;
    }

    /// What shows of reducing a stage's gradients and handing out new weights, once a step.
    ///
    /// @param stage its last ways back and next ways forward hide what they can
    /// @param window of how many micro-batches they are
    double reduce(StageTime stage, double window) {
        double gradients = parts(stage.trained(), gradientBytes);
        double weights = parts(stage.trained(), weightBytes);
        return switch (sharding) {
            case NONE -> Exposure.shown(2 * gradients, window * stage.backward(), exposed);
            case OPTIMIZER, GRADIENTS ->
                Exposure.shown(gradients, window * stage.backward(), exposed)
                        + Exposure.shown(weights, window * stage.forward(), exposed);
            case WEIGHTS ->
                Exposure.shown(
                        replicas.allReduce(stage.trained().dense() * gradientBytes / dense.size()),
                        window * stage.backward(),
                        exposed);
        };
    }

    private double parts(LayerTime.Parameters parameters, double bytes) {
        double seconds = parameters.dense() > 0 ? dense.gather(parameters.dense() * bytes) : 0;
        return parameters.experts() > 0 ? seconds + expert.gather(parameters.experts() * bytes) : seconds;
    }
}
