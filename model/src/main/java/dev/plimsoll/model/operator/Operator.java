package dev.plimsoll.model.operator;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One step of a block: reads values and parameters, writes values.
///
/// A sealed family, so that every interpreter (a count, a timeline, an execution) names what it does with each.
/// Matrix shapes below are written `outputs x inputs`.
public sealed interface Operator
        permits Operator.Embedding,
                Operator.Linear,
                Operator.Normalization,
                Operator.RotaryEmbedding,
                Operator.Attention,
                Operator.TokenSelection,
                Operator.Activation,
                Operator.Multiply,
                Operator.Add,
                Operator.Scale,
                Operator.Router,
                Operator.Dispatch,
                Operator.GroupedLinear,
                Operator.Combine,
                Operator.Convolution,
                Operator.StateSpaceScan,
                Operator.DeltaRule,
                Operator.Concatenate,
                Operator.TokenPooling,
                Operator.Dropout,
                Operator.CrossEntropy,
                Operator.AddBias,
                Collective {
    /// Unique within its block, for example `attention.query`.
    String name();

    Role role();

    List<Value> reads();

    /// The value that it writes, or the first of them.
    Value output();

    default List<Value> writes() {
        return List.of(output());
    }

    /// What it multiplies by or adds; a block refuses a parameter that no operator names here.
    default List<Parameter> parameters() {
        return List.of();
    }

    /// `output[.., :] = table[indices[..] - firstRow, :]`.
    ///
    /// The table's last axes are those the output has more than the indices; the axes before them are its rows,
    /// numbered together in order.
    ///
    /// @param firstRow number of the table's first row: 0, but for a device that holds some of the rows. There, an index
    ///     of a row that it does not hold gives zeros.
    record Embedding(String name, Role role, Value indices, Parameter table, long firstRow, Value output)
            implements Operator {
        /// A look-up in a whole table.
        public Embedding(String name, Role role, Value indices, Parameter table, Value output) {
            this(name, role, indices, table, 0, output);
        }

        @Override
        public List<Value> reads() {
            return List.of(indices);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(table);
        }
    }

    /// `output = input · weight^T (+ bias)`: the input's last axes, which are the weight's last, are summed over.
    record Linear(String name, Role role, Value input, Parameter weight, Optional<Parameter> bias, Value output)
            implements Operator {
        /// The axes of the output that the weight brings, in order.
        public Shape outputs() {
            Shape shape = weight.shape();
            return shape.leading(shape.rank() - inputs().rank());
        }

        /// The axes summed over.
        public Shape inputs() {
            int contracted = (weight.shape().rank()
                            + input.shape().rank()
                            - output.shape().rank())
                    / 2;
            return weight.shape().trailing(contracted);
        }

        @Override
        public List<Value> reads() {
            return List.of(input);
        }

        @Override
        public List<Parameter> parameters() {
            return with(List.of(weight), bias);
        }
    }

    /// `output = input + bias`, along the input's last axes: what a sum over devices must be followed by, since a bias
    /// inside each device's linear map would be added as often as there are devices.
    record AddBias(String name, Role role, Value input, Parameter bias, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(bias);
        }
    }

    /// Scales the last `axes` axes together to unit size, then by the gain and bias where there are any.
    ///
    /// @param gain along the last `axes` axes or more of the input's last
    record Normalization(
            String name,
            Role role,
            Value input,
            NormalizationKind kind,
            double epsilon,
            int axes,
            Optional<Parameter> gain,
            Optional<Parameter> bias,
            Value output)
            implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }

        @Override
        public List<Parameter> parameters() {
            return with(with(List.of(), gain), bias);
        }
    }

    /// Rotates pairs of the last axis by angles that grow with the token's position.
    record RotaryEmbedding(String name, Role role, Value input, Rotary rotary, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }
    }

    /// `softmax(scores(query · key^T)) · value`, each key/value head serving a group of query heads; the core only.
    ///
    /// @param query `[b, s, a, d]`
    /// @param key `[b, t, k, d]`, where `t` is the query's own token axis, or another stack's in cross attention
    /// @param value `[b, t, k, w]`
    /// @param selection token numbers from a [TokenSelection], where only those are looked at
    /// @param cached the values kept for each token while decoding: key and value, or the latent they are expanded
    ///     from; empty where nothing is kept (encoders, layers that use another layer's cache)
    /// @param output `[b, s, a, w]`
    record Attention(
            String name,
            Role role,
            Value query,
            Value key,
            Value value,
            Optional<Value> selection,
            AttentionMask mask,
            AttentionScores scores,
            List<Value> cached,
            Value output)
            implements Operator {
        public Attention {
            cached = List.copyOf(cached);
        }

        /// Whether keys come from another stack than queries.
        public boolean isCross() {
            return tokens(query) != tokens(key);
        }

        private static Axis tokens(Value value) {
            return value.shape().dimensions().get(1).axis();
        }

        @Override
        public List<Value> reads() {
            List<Value> reads = new ArrayList<>(List.of(query, key, value));
            selection.ifPresent(reads::add);
            reads.addAll(scores.reads());
            return List.copyOf(reads);
        }

        @Override
        public List<Parameter> parameters() {
            return scores.parameters();
        }
    }

    /// Numbers of the `topK` tokens that score highest: `sum over heads of weight · relu(query · key)`.
    ///
    /// Source: DeepSeek-V3.2-Exp report, equation 1 (lightning indexer).
    ///
    /// @param query `[b, s, j, l]`
    /// @param key `[b, s, l]`, kept for each token while decoding
    /// @param weights `[b, s, j]`
    /// @param output `[b, s, e]`
    record TokenSelection(String name, Role role, Value query, Value key, Value weights, Value output)
            implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(query, key, weights);
        }
    }

    /// Applies a function to each element; xIELU brings two trained scalars.
    record Activation(
            String name, Role role, Value input, ActivationFunction function, List<Parameter> parameters, Value output)
            implements Operator {
        public Activation {
            parameters = List.copyOf(parameters);
        }

        @Override
        public List<Value> reads() {
            return List.of(input);
        }
    }

    /// `output = left · right`, element by element; the right one may lack the left's last axes, or have a 1 there.
    record Multiply(String name, Role role, Value left, Value right, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(left, right);
        }
    }

    /// `output = left + right`, element by element.
    record Add(String name, Role role, Value left, Value right, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(left, right);
        }
    }

    /// `output = factor · input`.
    record Scale(String name, Role role, Value input, ScaleFactor factor, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }

        @Override
        public List<Parameter> parameters() {
            return switch (factor) {
                case ScaleFactor.Constant constant -> List.of();
                case ScaleFactor.Learned learned -> List.of(learned.parameter());
            };
        }
    }

    /// Chooses `topK` experts for each token: scores are a linear map of the input, turned into weights.
    ///
    /// @param weight `E x h`
    /// @param bias of the linear map, `E`
    /// @param correction added for the choice only, `E` (DeepSeek-V3's load balancing without a loss)
    /// @param experts numbers of the chosen experts, `[.., e]`
    /// @param weights their weights, `[.., e]`
    record Router(
            String name,
            Role role,
            Value input,
            Parameter weight,
            Optional<Parameter> bias,
            Optional<Parameter> correction,
            Routing routing,
            Value experts,
            Value weights)
            implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }

        @Override
        public Value output() {
            return experts;
        }

        @Override
        public List<Value> writes() {
            return List.of(experts, weights);
        }

        @Override
        public List<Parameter> parameters() {
            return with(with(List.of(weight), bias), correction);
        }
    }

    /// Copies each token's vector to the `topK` experts it was sent to: `[.., h]` to `[.., e, h]`.
    ///
    /// An execution may hold the copies grouped by expert; their order is not part of the description.
    record Dispatch(String name, Role role, Value input, Value experts, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input, experts);
        }
    }

    /// A linear map for each expert, applied to the rows that were sent to it.
    ///
    /// @param input `[.., e, i]`
    /// @param weight `E x o x i`
    /// @param bias `E x o`
    /// @param output `[.., e, o]`
    record GroupedLinear(
            String name,
            Role role,
            Value input,
            Value experts,
            Parameter weight,
            Optional<Parameter> bias,
            Value output)
            implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input, experts);
        }

        @Override
        public List<Parameter> parameters() {
            return with(List.of(weight), bias);
        }
    }

    /// Sums what a token's experts returned, each times its weight: `[.., e, h]` to `[.., h]`.
    ///
    /// @param weights `[.., e]`; empty where the experts' inputs were weighted already (Llama 4)
    record Combine(String name, Role role, Value input, Value experts, Optional<Value> weights, Value output)
            implements Operator {
        @Override
        public List<Value> reads() {
            return Stream.concat(Stream.of(input, experts), weights.stream()).toList();
        }
    }

    /// Slides a kernel over the tokens.
    record Convolution(
            String name,
            Role role,
            Value input,
            ConvolutionKind kind,
            Parameter weight,
            Optional<Parameter> bias,
            Value output)
            implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }

        @Override
        public List<Parameter> parameters() {
            return with(List.of(weight), bias);
        }
    }

    /// A selective state-space recurrence: `S = exp(t · A) · S + t · B · x`, `y = C · S + D · x`.
    ///
    /// `A = -exp(decay)` and `D` is the skip. The step `t` is the time step as it comes, or, with a bias among the
    /// parameters, `softplus(timeStep + bias)`.
    ///
    /// Source: Gu and Dao 2023, algorithm 2 (Mamba); Dao and Gu 2024, section 7 (Mamba-2: one decay for each head).
    ///
    /// @param input `[b, s, i]`, or `[b, s, a, d]` by heads
    /// @param timeStep `[b, s, i]` for each channel, or `[b, s, a]` for each head
    /// @param inputProjection B, `[b, s, n]`, or `[b, s, g, n]` by groups
    /// @param outputProjection C, of B's shape
    /// @param parameters decay, skip and, in Mamba-2, time-step bias, in that order
    /// @param state what is carried from token to token for each sequence: `[i, n]`, or `[a, d, n]` by heads
    record StateSpaceScan(
            String name,
            Role role,
            Value input,
            Value timeStep,
            Value inputProjection,
            Value outputProjection,
            List<Parameter> parameters,
            Shape state,
            Value output)
            implements Operator {
        public StateSpaceScan {
            parameters = List.copyOf(parameters);
        }

        @Override
        public List<Value> reads() {
            return List.of(input, timeStep, inputProjection, outputProjection);
        }
    }

    /// The gated delta rule: `S = alpha · S · (I - beta · k · k^T) + beta · v · k^T`, `y = S · q`, for each value head.
    ///
    /// `alpha = exp(-exp(A) · softplus(decay + bias))`, with `A` and the bias the parameters; queries and keys are
    /// scaled to unit length first. Source: Yang et al. 2024 (Gated DeltaNet), equation 10 and section 3.4.
    ///
    /// @param query `[b, s, g, n]`, one for a group of value heads
    /// @param key of the query's shape
    /// @param value `[b, s, a, d]`
    /// @param beta how much is written, 0 to 1, `[b, s, a]`
    /// @param decay a projection of the input, `[b, s, a]`
    /// @param parameters decay and time-step bias, each `[a]`, in that order
    /// @param state what is carried from token to token for each sequence: `[a, n, d]`
    record DeltaRule(
            String name,
            Role role,
            Value query,
            Value key,
            Value value,
            Value beta,
            Value decay,
            List<Parameter> parameters,
            Shape state,
            Value output)
            implements Operator {
        public DeltaRule {
            parameters = List.copyOf(parameters);
        }

        @Override
        public List<Value> reads() {
            return List.of(query, key, value, beta, decay);
        }
    }

    /// Puts values behind one another along one axis; one that lacks the axis is one entry along it, and one that lacks
    /// another axis of the output's is repeated along that.
    record Concatenate(String name, Role role, List<Value> inputs, Axis axis, Value output) implements Operator {
        public Concatenate {
            inputs = List.copyOf(inputs);
        }

        @Override
        public List<Value> reads() {
            return inputs;
        }
    }

    /// Makes fewer tokens of many: takes one, averages neighbours, or puts neighbours beside one another in one wider
    /// token.
    record TokenPooling(String name, Role role, Value input, Pooling pooling, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }
    }

    /// Sets each element to zero with probability `rate` and divides the others by `1 - rate`; in training only.
    record Dropout(String name, Role role, Value input, double rate, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(input);
        }
    }

    /// The mean over all tokens of `log(sum(exp(logits))) - logits[target]`.
    ///
    /// @param logits `[b, s, V]`
    /// @param targets numbers of the tokens that follow, `[b, s]`
    /// @param output one number
    record CrossEntropy(String name, Role role, Value logits, Value targets, Value output) implements Operator {
        @Override
        public List<Value> reads() {
            return List.of(logits, targets);
        }
    }

    private static List<Parameter> with(List<Parameter> parameters, Optional<Parameter> another) {
        if (another.isEmpty()) {
            return parameters;
        }
        List<Parameter> all = new ArrayList<>(parameters);
        all.add(another.get());
        return Collections.unmodifiableList(all);
    }
}
