package dev.plimsoll.planner.memory;

/// What one device of a stage holds at its worst moment, in bytes, line by line.
///
/// @param weights of the parameters, as they lie between steps
/// @param gradients of the parameters
/// @param masterWeights copies that the optimizer changes
/// @param optimizerStates of the optimizer
/// @param activations kept for the backward passes of the micro-batches in flight
/// @param logits scores and loss, where the worst moment is the loss's
/// @param working gradients of activations and what is run again, at the worst moment
/// @param buffers gathered weights, spare gradients, buckets and the framework's own
/// @param reserved what the allocator takes from the device, [#allocated()] and fragments
/// @param context of the device's driver, outside the allocator
/// @param communication of the communication library, outside the allocator
public record StageMemory(
        long weights,
        long gradients,
        long masterWeights,
        long optimizerStates,
        long activations,
        long logits,
        long working,
        long buffers,
        long reserved,
        long context,
        long communication) {
    /// Weights, gradients, master weights and optimizer states.
    public long states() {
        return weights + gradients + masterWeights + optimizerStates;
    }

    /// What the framework's allocator has handed out at the worst moment.
    public long allocated() {
        return states() + activations + logits + working + buffers;
    }

    /// What the device must have.
    public long device() {
        return reserved + context + communication;
    }
}
