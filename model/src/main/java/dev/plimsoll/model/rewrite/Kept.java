package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;

/// A tensor of the forward pass that a backward pass reads.
public sealed interface Kept {
    /// Unique within its block.
    String name();

    Shape shape();

    DataType heldIn(Precision precision);

    /// A value of the description.
    record OfValue(Value value) implements Kept {
        @Override
        public String name() {
            return value.name();
        }

        @Override
        public Shape shape() {
            return value.shape();
        }

        @Override
        public DataType heldIn(Precision precision) {
            return precision.of(value.content());
        }
    }

    /// Something that an operator found on its way, for example a softmax's log-sum-exp.
    ///
    /// @param operator the name of the operator
    record Found(String operator, Finding what, Shape shape) implements Kept {
        @Override
        public String name() {
            return operator + "." + what.words();
        }

        @Override
        public DataType heldIn(Precision precision) {
            return switch (what.holding()) {
                case ACTIVATION -> precision.activations();
                case STATISTIC -> DataType.F32;
                case MASK -> DataType.U8;
            };
        }
    }

    /// What an operator finds on its way.
    enum Finding {
        /// A normalisation's mean of each row.
        MEAN("mean", Holding.STATISTIC),
        /// One divided by a normalisation's deviation or root mean square, for each row.
        RECIPROCAL_DEVIATION("reciprocal_deviation", Holding.STATISTIC),
        /// Scores after their soft cap, for each pair.
        CAPPED_SCORES("capped_scores", Holding.ACTIVATION),
        /// A softmax's output, for each pair.
        PROBABILITIES("probabilities", Holding.ACTIVATION),
        /// Which probabilities stay, or which elements of a value do: one byte each.
        DROPOUT_MASK("dropout_mask", Holding.MASK),
        /// Probabilities after dropout, for each pair.
        DROPPED_PROBABILITIES("dropped_probabilities", Holding.ACTIVATION),
        /// The probability that a softmax gives to its sink, for each query.
        SINK_PROBABILITY("sink_probability", Holding.STATISTIC),
        /// The logarithm of a softmax's denominator, for each row.
        LOG_SUM_EXP("log_sum_exp", Holding.STATISTIC),
        /// What a router's softmax or sigmoid gives each expert, for each token.
        EXPERT_SCORES("expert_scores", Holding.STATISTIC);

        private final String words;
        private final Holding holding;

        Finding(String words, Holding holding) {
            this.words = words;
            this.holding = holding;
        }

        String words() {
            return words;
        }

        Holding holding() {
            return holding;
        }
    }

    /// What decides a finding's data type.
    enum Holding {
        ACTIVATION,
        STATISTIC,
        MASK
    }
}
