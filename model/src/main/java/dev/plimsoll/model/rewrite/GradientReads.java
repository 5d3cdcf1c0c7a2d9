package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/// What an operator's gradients read of the forward pass, beside the parameters.
///
/// - Linear map: its input, for the weight's gradient only.
/// - Normalisation: its input, one over the deviation of each row, and the mean where it subtracts one.
/// - Attention, materialised: probabilities for everything; the value for those of the scores, from which come the
///   query's (reads the key) and the key's (reads the query); with dropout its mask, and what it left for the value's.
///   Source: Korthikanti et al. 2022, section 4.1, with the softmax's output in place of its input.
/// - Attention, tiled: query, key and the softmax's log-sum-exp, from which probabilities are made again; value and
///   output for the scores' gradient. Source: Dao 2023 (FlashAttention-2), algorithm 2. Dropout is drawn again.
/// - Activation: its input. Product: each side for the other's gradient.
/// - Router: what it gave each expert, and the choice; its input for the weight's gradient.
/// - Experts: the choice, and their input for the weight's gradient. Weighted sum: each side for the other's gradient.
/// - Cross entropy: logits, targets and the log-sum-exp.
///
/// Rotations, additions, concatenations, constant factors and sums over devices read nothing. Copies sent to experts and
/// back read the choice, which says where they went.
final class GradientReads {
    private final TrainingExecution execution;
    private final List<Kept> reads = new ArrayList<>();

    private GradientReads(TrainingExecution execution) {
        this.execution = execution;
    }

    /// @param inputs which of the operator's inputs need a gradient
    /// @param parameters which of its parameters do
    static List<Kept> of(
            Operator operator, List<Value> inputs, List<Parameter> parameters, TrainingExecution execution) {
        GradientReads rule = new GradientReads(execution);
        rule.collect(operator, inputs, parameters);
        return List.copyOf(rule.reads);
    }

    private void collect(Operator operator, List<Value> inputs, List<Parameter> parameters) {
        switch (operator) {
            case Operator.Embedding embedding -> value(embedding.indices());
            case Operator.Linear linear -> {
                if (parameters.contains(linear.weight())) {
                    value(linear.input());
                }
            }
            case Operator.Normalization normalization -> normalization(normalization, inputs, parameters);
            case Operator.Attention attention -> attention(attention, inputs, parameters);
            case Operator.Activation activation -> {
                if (activation.function() != ActivationFunction.IDENTITY) {
                    value(activation.input());
                }
            }
            case Operator.Multiply multiply -> {
                if (inputs.contains(multiply.left())) {
                    value(multiply.right());
                }
                if (inputs.contains(multiply.right())) {
                    value(multiply.left());
                }
            }
            case Operator.Scale scale -> {
                if (scale.factor() instanceof ScaleFactor.Learned learned && parameters.contains(learned.parameter())) {
                    value(scale.input());
                }
            }
            case Operator.Router router -> router(router, parameters);
            case Operator.Dispatch dispatch -> value(dispatch.experts());
            case Operator.GroupedLinear grouped -> {
                value(grouped.experts());
                if (parameters.contains(grouped.weight())) {
                    value(grouped.input());
                }
            }
            case Operator.Combine combine -> {
                if (inputs.contains(combine.input())) {
                    combine.weights().ifPresent(this::value);
                }
                if (combine.weights().filter(inputs::contains).isPresent()) {
                    value(combine.input());
                }
            }
            case Operator.Dropout dropout ->
                reads.add(found(dropout, Finding.DROPOUT_MASK, dropout.output().shape()));
            case Operator.CrossEntropy loss -> {
                value(loss.logits());
                value(loss.targets());
                reads.add(found(loss, Finding.LOG_SUM_EXP, loss.targets().shape()));
            }
            case Operator.RotaryEmbedding rotary -> {}
            case Operator.Add add -> {}
            case Operator.Concatenate concatenate -> {}
            case Operator.AddBias bias -> {}
            case Collective collective -> collective(collective, inputs, parameters);
            case Operator.TokenSelection selection -> throw notTrained(selection);
            case Operator.Convolution convolution -> throw notTrained(convolution);
            case Operator.StateSpaceScan scan -> throw notTrained(scan);
            case Operator.DeltaRule rule -> throw notTrained(rule);
            case Operator.TokenPooling pooling -> throw notTrained(pooling);
        }
    }

    private void collective(Collective collective, List<Value> inputs, List<Parameter> parameters) {
        switch (collective) {
            case Collective.SendToExperts send -> value(send.experts());
            case Collective.ReturnFromExperts back -> value(back.experts());
            case Collective.RingAttention ring -> attention(ring.core(), inputs, parameters);
            case Collective.VocabularyCrossEntropy loss -> {
                value(loss.logits());
                value(loss.targets());
                reads.add(found(loss, Finding.LOG_SUM_EXP, loss.targets().shape()));
            }
            case Collective.Copy copy -> {}
            case Collective.AllReduce sum -> {}
            case Collective.AllGather gather -> {}
            case Collective.ReduceScatter scatter -> {}
            case Collective.AllToAll exchange -> {}
        }
    }

    private void normalization(Operator.Normalization normalization, List<Value> inputs, List<Parameter> parameters) {
        boolean gain = normalization.gain().filter(parameters::contains).isPresent();
        if (inputs.isEmpty() && !gain) {
            return;
        }
        Shape input = normalization.input().shape();
        Shape rows = input.leading(input.rank() - normalization.axes());
        value(normalization.input());
        if (normalization.kind() == NormalizationKind.LAYER) {
            reads.add(found(normalization, Finding.MEAN, rows));
        }
        reads.add(found(normalization, Finding.RECIPROCAL_DEVIATION, rows));
    }

    private void attention(Operator.Attention attention, List<Value> inputs, List<Parameter> parameters) {
        boolean query = inputs.contains(attention.query());
        boolean key = inputs.contains(attention.key());
        boolean scores = query || key || !parameters.isEmpty();
        switch (execution.attention()) {
            case AttentionKernel.Materialised all -> {
                materialised(attention, scores, inputs.contains(attention.value()), parameters);
                if (query) {
                    value(attention.key());
                }
                if (key) {
                    value(attention.query());
                }
            }
            case AttentionKernel.Tiled tiled -> {
                value(attention.query());
                value(attention.key());
                Shape rows = heads(attention).then(queries(attention));
                reads.add(found(attention, Finding.LOG_SUM_EXP, rows));
                if (scores) {
                    value(attention.value());
                    value(attention.output());
                }
            }
        }
    }

    private void materialised(Operator.Attention attention, boolean scores, boolean value, List<Parameter> parameters) {
        DropoutRates rates = execution.dropout();
        Shape pairs = heads(attention).then(queries(attention)).then(keys(attention));
        if (scores) {
            reads.add(found(attention, Finding.PROBABILITIES, pairs));
            value(attention.value());
            if (attention.scores().softCap().isPresent()) {
                reads.add(found(attention, Finding.CAPPED_SCORES, pairs));
            }
            if (rates.attention() > 0) {
                reads.add(found(attention, Finding.DROPOUT_MASK, pairs));
            }
            if (!parameters.isEmpty()) {
                reads.add(found(
                        attention, Finding.SINK_PROBABILITY, heads(attention).then(queries(attention))));
            }
        }
        if (value && rates.attention() > 0) {
            reads.add(found(attention, Finding.DROPPED_PROBABILITIES, pairs));
        } else if (value && !scores) {
            reads.add(found(attention, Finding.PROBABILITIES, pairs));
        }
    }

    private void router(Operator.Router router, List<Parameter> parameters) {
        Shape tokens = router.input().shape().leading(router.input().shape().rank() - 1);
        Shape experts = Shape.of(Axis.EXPERTS, router.routing().experts());
        reads.add(found(router, Finding.EXPERT_SCORES, tokens.then(experts)));
        value(router.experts());
        if (parameters.contains(router.weight())) {
            value(router.input());
        }
    }

    /// `[b, a]`
    private static Shape heads(Operator.Attention attention) {
        Shape query = attention.query().shape();
        return query.leading(1).then(new Shape(List.of(query.dimensions().get(2))));
    }

    private static Shape queries(Operator.Attention attention) {
        return new Shape(List.of(attention.query().shape().dimensions().get(1)));
    }

    private static Shape keys(Operator.Attention attention) {
        return new Shape(List.of(attention.key().shape().dimensions().get(1)));
    }

    private void value(Value value) {
        Kept kept = new Kept.OfValue(value);
        if (!reads.contains(kept)) {
            reads.add(kept);
        }
    }

    private static Kept found(Operator operator, Finding what, Shape shape) {
        return new Kept.Found(operator.name(), what, shape);
    }

    private static InputException notTrained(Operator operator) {
        return InputException.unsupported(
                operator.name() + ": found " + operator.getClass().getSimpleName()
                        + ", expected an operator whose gradient is described; this one is not executed yet",
                "Choose a model without it.");
    }
}
