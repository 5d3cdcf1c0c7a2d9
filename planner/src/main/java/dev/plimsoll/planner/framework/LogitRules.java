package dev.plimsoll.planner.framework;

/// What the loss takes.
///
/// @param bytesEach of a logit when most are held: scores, probabilities and their gradients together
/// @param inputs whether the last normalisation's and the head's inputs, and the gradients of the latter, are held then
public record LogitRules(int bytesEach, HeadInputs inputs) {
    /// Whether a head's inputs are counted beside the logits.
    public enum HeadInputs {
        COUNTED,
        /// Not counted, since the measured peaks of the framework show no room for them.
        LEFT_OUT
    }

    public LogitRules {
        if (bytesEach < 1) {
            throw new IllegalArgumentException("a logit takes at least one byte, not " + bytesEach);
        }
    }
}
