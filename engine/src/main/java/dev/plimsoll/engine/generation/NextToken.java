package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// How the token that follows is chosen from its logits.
public sealed interface NextToken {
    /// The token number; of equal logits the first.
    ///
    /// @param logits `[V]`
    /// @param draw a number from 0 to below 1, which only a sampling looks at
    /// @throws InputException when a logit is NaN
    int choose(float[] logits, double draw);

    /// The most probable token.
    record Greedy() implements NextToken {
        @Override
        public int choose(float[] logits, double draw) {
            requireNumbers(logits);
            int best = 0;
            for (int token = 1; token < logits.length; token++) {
                best = logits[token] > logits[best] ? token : best;
            }
            return best;
        }
    }

    /// A token drawn with the probability `softmax(logits / temperature)`, of those that are left.
    ///
    /// Of all tokens the `topK` most probable are left, and of those the fewest that together have the probability
    /// `topP`. Source: Fan et al. 2018, section 5.4 (top k); Holtzman et al. 2019, section 3.1 (top p).
    ///
    /// @param temperature greater than 0
    /// @param topK empty for all
    /// @param topP greater than 0, at most 1, which leaves all
    record Sampled(double temperature, OptionalInt topK, double topP, CounterBased random) implements NextToken {
        public Sampled {
            require(
                    "temperature",
                    temperature,
                    temperature > 0 && temperature < Double.POSITIVE_INFINITY,
                    "more than 0");
            require("top-k", topK.orElse(1), topK.orElse(1) >= 1, "1 or more");
            require("top-p", topP, topP > 0 && topP <= 1, "more than 0 and at most 1");
        }

        public static Sampled of(double temperature, long seed) {
            return new Sampled(temperature, OptionalInt.empty(), 1, new CounterBased(seed));
        }

        public Sampled withTopK(int tokens) {
            return new Sampled(temperature, OptionalInt.of(tokens), topP, random);
        }

        public Sampled withTopP(double probability) {
            return new Sampled(temperature, topK, probability, random);
        }

        private static void require(String what, double found, boolean right, String expected) {
            if (!right) {
                throw InputException.usage(
                        what + ": found " + found + ", expected " + expected, "Ask for another " + what + ".");
            }
        }

        @Override
        public int choose(float[] logits, double draw) {
            requireNumbers(logits);
            List<Integer> ranked = IntStream.range(0, logits.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(token -> -logits[token]))
                    .toList();
            double[] weights = weights(logits, ranked.subList(0, Math.min(ranked.size(), topK.orElse(ranked.size()))));
            int left = left(weights);
            double target = draw * Arrays.stream(weights, 0, left).sum();
            for (int rank = 0; rank < left - 1; rank++) {
                target -= weights[rank];
                if (target < 0) {
                    return ranked.get(rank);
                }
            }
            return ranked.get(left - 1);
        }

        /// Probabilities by rank, up to a factor.
        private double[] weights(float[] logits, List<Integer> ranked) {
            double greatest = logits[ranked.getFirst()];
            return ranked.stream()
                    .mapToDouble(token -> Math.exp((logits[token] - greatest) / temperature))
                    .toArray();
        }

        /// The fewest most probable tokens that have the probability `topP` together.
        private int left(double[] weights) {
            double enough = topP * Arrays.stream(weights).sum();
            double sum = 0;
            for (int rank = 0; rank < weights.length; rank++) {
                sum += weights[rank];
                if (sum >= enough) {
                    return rank + 1;
                }
            }
            return weights.length;
        }
    }

    /// What [#choose] is given for the `step`-th new token of a sequence, both counted from 0.
    default double draw(int sequence, int step) {
        return switch (this) {
            case Greedy() -> 0;
            case Sampled sampled -> sampled.random().at(sequence).uniform(step);
        };
    }

    private static void requireNumbers(float[] logits) {
        for (float logit : logits) {
            if (Float.isNaN(logit)) {
                throw new InputException(
                        FailureKind.UNREADABLE,
                        "the logits: found NaN, expected numbers",
                        "Look for NaN among the weights.");
            }
        }
    }
}
