package dev.plimsoll.model.execution;

/// What a stage does at once: one chunk of its layers, one micro-batch.
///
/// @param chunk which of the stage's pieces of the model, from 0
/// @param microBatch from 0
public record StagePass(Kind kind, int chunk, int microBatch) {
    /// Which way.
    public enum Kind {
        FORWARD,
        BACKWARD,
        /// The weights' gradients that the way back put off.
        WEIGHT_GRADIENTS
    }
}
