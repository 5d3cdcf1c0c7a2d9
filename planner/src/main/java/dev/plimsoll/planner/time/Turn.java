package dev.plimsoll.planner.time;

/// One piece of work of a stage: one chunk, one micro-batch, one way.
record Turn(Work work, int chunk, int microBatch) {
    /// What is done.
    enum Work {
        FORWARD,
        BACKWARD,
        /// The gradients of what was read, without those of the weights.
        BACKWARD_FOR_INPUTS,
        WEIGHT_GRADIENTS
    }
}
