package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// Which axes the operators that look from token to token must share.
final class TokenMixingRules {
    private final Violations violations;

    TokenMixingRules(Violations violations) {
        this.violations = violations;
    }

    void attention(Operator.Attention attention) {
        Shape query = attention.query().shape();
        Shape key = attention.key().shape();
        Shape value = attention.value().shape();
        if (query.rank() != 4 || key.rank() != 4 || value.rank() != 4) {
            violations.require(
                    false,
                    "it needs [b, s, a, d], [b, t, k, d] and [b, t, k, w] but reads " + query + ", " + key + " and "
                            + value);
            return;
        }
        violations.require(
                query.leading(1).equals(key.leading(1)) && query.trailing(1).equals(key.trailing(1)),
                "query " + query + " and key " + key + " disagree");
        violations.require(key.leading(3).equals(value.leading(3)), "key " + key + " and value " + value + " disagree");
        Shape queryHeads = query.leading(3).trailing(1);
        long keyValueHeads = key.leading(3).trailing(1).fixedElements();
        violations.require(
                queryHeads.fixedElements() % keyValueHeads == 0,
                queryHeads.fixedElements() + " query heads cannot share " + keyValueHeads + " key/value heads evenly");
        violations.same("sinks", attention.scores().sinks(), queryHeads);
        violations.same("output", attention.output(), query.leading(3).then(value.trailing(1)));
        selection(attention);
    }

    private void selection(Operator.Attention attention) {
        if (attention.mask() instanceof AttentionMask.Selected(long size)) {
            Shape chosen = attention.query().shape().leading(2).then(Shape.of(Axis.TOP_K, size));
            violations.require(attention.selection().isPresent(), "it looks at selected tokens but reads none");
            attention.selection().ifPresent(selection -> violations.same("selection", selection, chosen));
        } else {
            violations.require(attention.selection().isEmpty(), "it reads a selection that it does not look at");
        }
    }

    void tokenSelection(Operator.TokenSelection selection) {
        Shape query = selection.query().shape();
        Shape output = selection.output().shape();
        if (query.rank() != 4) {
            violations.require(false, "query " + selection.query() + " must be [b, s, j, l]");
            return;
        }
        violations.same("key", selection.key(), query.leading(2).then(query.trailing(1)));
        violations.same("weights", selection.weights(), query.leading(3));
        violations.require(
                output.rank() == 3
                        && output.startsWith(query.leading(2))
                        && output.dimensions().getLast().axis() == Axis.TOP_K,
                "output " + selection.output() + " must be [b, s, e]");
    }

    void convolution(Operator.Convolution convolution) {
        if (!violations.haveRank(3, convolution.input(), convolution.output())) {
            return;
        }
        Shape input = convolution.input().shape();
        Shape output = convolution.output().shape();
        Shape channels = inner(convolution.input());
        Shape outputs = inner(convolution.output());
        switch (convolution.kind()) {
            case ConvolutionKind.CausalByChannel(int width) -> {
                violations.same("output", convolution.output(), input);
                violations.same("weight", convolution.weight(), channels.then(Shape.of(Axis.KERNEL, width)));
                violations.same("bias", convolution.bias(), channels);
            }
            case ConvolutionKind.Dense dense -> {
                Shape kernel = Shape.of(Axis.KERNEL, dense.width());
                violations.require(
                        input.leading(1).equals(output.leading(1)),
                        "input " + input + " and output " + output + " disagree");
                violations.same(
                        "weight", convolution.weight(), outputs.then(channels).then(kernel));
                violations.same("bias", convolution.bias(), outputs);
            }
        }
    }

    void scan(Operator.StateSpaceScan scan) {
        violations.same("output", scan.output(), scan.input().shape());
        if (!violations.haveRank(3, scan.input(), scan.timeStep(), scan.inputProjection())) {
            return;
        }
        Shape tokens = scan.input().shape().leading(2);
        violations.require(
                scan.input().shape().startsWith(scan.timeStep().shape()),
                "input " + scan.input() + " and time step " + scan.timeStep() + " disagree");
        violations.require(
                scan.inputProjection().shape().startsWith(tokens),
                "input " + scan.input() + " and B " + scan.inputProjection() + " disagree");
        violations.same("C", scan.outputProjection(), scan.inputProjection().shape());
        Shape states = scan.inputProjection().shape().trailing(1);
        state(scan.state(), inner(scan.input()).then(states));
        for (Parameter parameter : scan.parameters()) {
            Shape steps = inner(scan.timeStep());
            violations.require(
                    parameter.shape().equals(steps) || parameter.shape().equals(steps.then(states)),
                    parameter.name() + " " + parameter.shape() + " does not fit the time step " + scan.timeStep());
        }
    }

    void deltaRule(Operator.DeltaRule rule) {
        violations.same("output", rule.output(), rule.value().shape());
        violations.same("key", rule.key(), rule.query().shape());
        if (rule.query().shape().rank() != 4 || rule.value().shape().rank() != 4) {
            violations.require(
                    false, "it needs [b, s, g, n] and [b, s, a, d] but reads " + rule.query() + " and " + rule.value());
            return;
        }
        Shape perHead = rule.value().shape().leading(3);
        Shape heads = perHead.trailing(1);
        long groups = rule.query().shape().leading(3).trailing(1).fixedElements();
        violations.require(
                rule.query().shape().leading(2).equals(perHead.leading(2)) && heads.fixedElements() % groups == 0,
                "query " + rule.query() + " and value " + rule.value() + " disagree");
        violations.same("beta", rule.beta(), perHead);
        violations.same("decay", rule.decay(), perHead);
        rule.parameters().forEach(parameter -> violations.same(parameter.name(), parameter, heads));
        Shape keyWidth = rule.query().shape().trailing(1);
        state(rule.state(), heads.then(keyWidth).then(rule.value().shape().trailing(1)));
    }

    void pooling(Operator.TokenPooling pooling) {
        if (!violations.haveRank(2, pooling.input(), pooling.output())) {
            return;
        }
        Shape input = pooling.input().shape();
        Shape output = pooling.output().shape();
        switch (pooling.pooling()) {
            case Pooling.One() ->
                violations.same("output", pooling.output(), input.leading(1).then(input.trailing(1)));
            case Pooling.Average average ->
                violations.require(
                        output.trailing(1).equals(input.trailing(1)), input + " cannot be averaged to " + output);
            case Pooling.Merge(long neighbours) -> {
                long width = inner(pooling.output()).fixedElements();
                violations.require(
                        width % neighbours == 0
                                && width / neighbours == input.trailing(1).fixedElements(),
                        neighbours + " tokens of " + input + " cannot be merged to " + output);
            }
        }
    }

    private void state(Shape found, Shape expected) {
        violations.require(found.equals(expected), "its state is " + found + " but must be " + expected);
    }

    /// All axes behind the tokens: `[b, s, ..]` without its first two.
    private static Shape inner(Value value) {
        return value.shape().trailing(value.shape().rank() - 2);
    }
}
