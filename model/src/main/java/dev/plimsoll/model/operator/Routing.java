package dev.plimsoll.model.operator;

/// How a router turns scores into a choice.
///
/// @param experts how many there are
/// @param topK how many a token is sent to, 1 to `experts`
/// @param groups which experts may be chosen at all
public record Routing(long experts, long topK, Scoring scoring, Weighting weighting, Groups groups) {
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

    /// Experts lie in groups of equal size, and a token is sent to experts of the best groups only.
    ///
    /// Source: DeepSeek-V2 (2024), section 2.2.2, and DeepSeek-V3 (2024), section 2.1.2.
    ///
    /// @param count how many groups there are
    /// @param chosen how many of them a token may use
    /// @param scoredBy a group's score is the sum of its so many best experts' scores
    public record Groups(long count, long chosen, long scoredBy) {
        /// One group of all experts.
        public static final Groups ONE = new Groups(1, 1, 1);

        public Groups {
            if (chosen < 1 || chosen > count || scoredBy < 1) {
                throw new IllegalArgumentException("a token can use 1 to " + count + " groups of experts, not " + chosen
                        + " scored by " + scoredBy);
            }
        }
    }

    /// A choice among all experts.
    public Routing(long experts, long topK, Scoring scoring, Weighting weighting) {
        this(experts, topK, scoring, weighting, Groups.ONE);
    }

    public Routing {
        if (topK < 1 || topK > experts) {
            throw new IllegalArgumentException(
                    "a token can be sent to 1 to " + experts + " of " + experts + " experts, not to " + topK);
        }
        if (experts % groups.count() != 0 || topK > experts / groups.count() * groups.chosen()) {
            throw new IllegalArgumentException(topK + " of " + experts + " experts cannot be chosen from "
                    + groups.chosen() + " of " + groups.count() + " groups");
        }
    }
}
