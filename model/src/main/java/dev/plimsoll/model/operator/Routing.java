package dev.plimsoll.model.operator;

/// How a router turns scores into a choice.
///
/// @param experts how many there are
/// @param topK how many a token is sent to, 1 to `experts`
public record Routing(long experts, long topK, Scoring scoring, Weighting weighting) {
    /// The function over all experts' scores.
    public enum Scoring {
        SOFTMAX,
        SIGMOID
    }

    /// What becomes of the chosen experts' scores.
    public enum Weighting {
        AS_SCORED,
        /// Divided by their sum, or (the same for softmax) taken over the chosen ones only.
        NORMALIZED
    }

    public Routing {
        if (topK < 1 || topK > experts) {
            throw new IllegalArgumentException(
                    "a token can be sent to 1 to " + experts + " of " + experts + " experts, not to " + topK);
        }
    }
}
