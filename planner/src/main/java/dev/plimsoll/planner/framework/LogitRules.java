package dev.plimsoll.planner.framework;

/// What the loss takes.
///
/// @param bytesEach of a logit when most are held: scores, probabilities and their gradients together
/// @param inputs what of the last normalisation's and the head's inputs is held then
public record LogitRules(int bytesEach, HeadInputs inputs) {
    /// What is held of a head's inputs beside the logits.
    public enum HeadInputs {
        /// What the last normalisation and the head keep.
        KEPT,
        /// Those, the gradient of the head's input and, where ranks gather that, the gathered one: the logits' gradient
        /// took their place, so that most is held while the head's own gradients are taken.
        WITH_GRADIENTS,
        /// Not counted, since the measured peaks of the framework show no room for them.
        LEFT_OUT
    }

    public LogitRules {
        if (bytesEach < 1) {
            throw new IllegalArgumentException("a logit takes at least one byte, not " + bytesEach);
        }
    }
}
