package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.List;

/// Which axes each operator's values and parameters must share.
///
/// Here are the rules of operators that treat each token by itself; the others stand in [TokenMixingRules] and
/// [ExpertRules].
final class ShapeRules {
    private final Violations violations;

    private ShapeRules(Violations violations) {
        this.violations = violations;
    }

    static List<String> violations(Operator operator) {
        Violations violations = new Violations(operator.name());
        ShapeRules rules = new ShapeRules(violations);
        TokenMixingRules mixing = new TokenMixingRules(violations);
        ExpertRules experts = new ExpertRules(violations);
        switch (operator) {
            case Operator.Embedding embedding -> rules.embedding(embedding);
            case Operator.Linear linear -> rules.linear(linear);
            case Operator.Normalization normalization -> rules.normalization(normalization);
            case Operator.RotaryEmbedding rotary -> rules.rotary(rotary);
            case Operator.Activation activation -> rules.activation(activation);
            case Operator.Multiply multiply -> rules.multiply(multiply);
            case Operator.Add add -> rules.add(add);
            case Operator.Scale scale -> rules.scale(scale);
            case Operator.Concatenate concatenate -> rules.concatenate(concatenate);
            case Operator.Dropout dropout -> rules.dropout(dropout);
            case Operator.CrossEntropy loss -> rules.crossEntropy(loss);
            case Operator.Attention attention -> mixing.attention(attention);
            case Operator.TokenSelection selection -> mixing.tokenSelection(selection);
            case Operator.Convolution convolution -> mixing.convolution(convolution);
            case Operator.StateSpaceScan scan -> mixing.scan(scan);
            case Operator.DeltaRule rule -> mixing.deltaRule(rule);
            case Operator.TokenPooling pooling -> mixing.pooling(pooling);
            case Operator.Router router -> experts.router(router);
            case Operator.Dispatch dispatch -> experts.dispatch(dispatch);
            case Operator.GroupedLinear grouped -> experts.groupedLinear(grouped);
            case Operator.Combine combine -> experts.combine(combine);
            case Operator.AddBias bias -> rules.addBias(bias);
            case Collective collective -> new CollectiveRules(violations).collective(collective);
        }
        return violations.found();
    }

    private void embedding(Operator.Embedding embedding) {
        Shape table = embedding.table().shape();
        Shape indices = embedding.indices().shape();
        int columns = embedding.output().shape().rank() - indices.rank();
        if (columns < 1 || columns >= table.rank()) {
            violations.require(false, "it cannot make " + embedding.output() + " of the table " + table);
            return;
        }
        violations.same("output", embedding.output(), indices.then(table.trailing(columns)));
    }

    private void linear(Operator.Linear linear) {
        Shape weight = linear.weight().shape();
        Shape input = linear.input().shape();
        int twice = weight.rank() + input.rank() - linear.output().shape().rank();
        if (twice <= 0 || twice % 2 != 0 || twice / 2 > Math.min(weight.rank(), input.rank())) {
            violations.require(false, "it cannot make " + linear.output() + " of " + linear.input() + " and " + weight);
            return;
        }
        int contracted = twice / 2;
        violations.require(
                input.trailing(contracted).equals(weight.trailing(contracted)),
                "the weight " + weight + " sums over " + weight.trailing(contracted) + " but the input is " + input);
        Shape outputs = weight.leading(weight.rank() - contracted);
        violations.same(
                "output",
                linear.output(),
                input.leading(input.rank() - contracted).then(outputs));
        violations.same("bias", linear.bias(), outputs);
    }

    private void normalization(Operator.Normalization normalization) {
        violations.same("output", normalization.output(), normalization.input().shape());
        int rank = normalization.input().shape().rank();
        if (normalization.axes() < 1 || normalization.axes() > rank) {
            violations.require(false, "it cannot normalise over " + normalization.axes() + " of " + rank + " axes");
            return;
        }
        normalization.gain().ifPresent(gain -> alongTrailing("gain", gain, normalization));
        normalization.bias().ifPresent(bias -> alongTrailing("bias", bias, normalization));
    }

    /// At least as many axes as are normalised: heads may be normalised one by one and have gains of their own.
    private void alongTrailing(String what, Parameter parameter, Operator.Normalization normalization) {
        Shape input = normalization.input().shape();
        violations.require(
                parameter.shape().rank() >= normalization.axes() && input.endsWith(parameter.shape()),
                what + " is " + parameter.shape() + " for an input " + input);
    }

    private void rotary(Operator.RotaryEmbedding rotary) {
        violations.same("output", rotary.output(), rotary.input().shape());
        if (!violations.haveRank(1, rotary.input())) {
            return;
        }
        violations.require(
                rotary.input().shape().dimensions().getLast() instanceof Dimension.Fixed width
                        && width.size() >= rotary.rotary().size(),
                "it rotates " + rotary.rotary().size() + " elements of " + rotary.input());
    }

    private void activation(Operator.Activation activation) {
        violations.same("output", activation.output(), activation.input().shape());
        int scalars = activation.function() == ActivationFunction.XIELU ? 2 : 0;
        violations.require(
                activation.parameters().size() == scalars,
                activation.function() + " has " + scalars + " trained scalars, not "
                        + activation.parameters().size());
        for (Parameter scalar : activation.parameters()) {
            violations.same("scalar", scalar, Shape.of(Axis.UNIT, 1));
        }
    }

    private void dropout(Operator.Dropout dropout) {
        violations.same("output", dropout.output(), dropout.input().shape());
        violations.require(
                dropout.rate() >= 0 && dropout.rate() < 1, "its rate is a probability below 1, not " + dropout.rate());
    }

    private void crossEntropy(Operator.CrossEntropy loss) {
        Shape logits = loss.logits().shape();
        if (violations.haveRank(2, loss.logits())) {
            violations.same("targets", loss.targets(), logits.leading(logits.rank() - 1));
        }
        violations.same("output", loss.output(), new Shape(List.of()));
    }

    private void multiply(Operator.Multiply multiply) {
        violations.same("output", multiply.output(), multiply.left().shape());
        Shape left = multiply.left().shape();
        Shape right = multiply.right().shape();
        boolean unit = right.has(Axis.UNIT)
                && right.dimensions().getLast().axis() == Axis.UNIT
                && left.startsWith(right.leading(right.rank() - 1));
        violations.require(left.startsWith(right) || unit, "left " + left + " and right " + right + " disagree");
    }

    private void add(Operator.Add add) {
        violations.same("output", add.output(), add.left().shape());
        violations.require(
                add.left().shape().endsWith(add.right().shape()),
                "left " + add.left() + " and right " + add.right() + " disagree");
    }

    private void addBias(Operator.AddBias bias) {
        violations.same("output", bias.output(), bias.input().shape());
        violations.require(
                bias.input().shape().endsWith(bias.bias().shape()),
                "the bias " + bias.bias().shape() + " does not fit the input " + bias.input());
    }

    private void scale(Operator.Scale scale) {
        violations.same("output", scale.output(), scale.input().shape());
        switch (scale.factor()) {
            case ScaleFactor.Constant constant -> {}
            case ScaleFactor.Learned learned -> {
                Shape shape = learned.parameter().shape();
                violations.require(
                        shape.equals(Shape.of(Axis.UNIT, 1))
                                || scale.input().shape().endsWith(shape),
                        "the factor " + shape + " does not fit the input " + scale.input());
            }
        }
    }

    private void concatenate(Operator.Concatenate concatenate) {
        Shape output = concatenate.output().shape();
        Axis along = concatenate.axis();
        if (!output.has(along)) {
            violations.require(false, "the output " + output + " has no " + along);
            return;
        }
        long sum = 0;
        for (Value input : concatenate.inputs()) {
            Shape shape = input.shape();
            List<Dimension> kept = output.dimensions().stream()
                    .filter(dimension -> dimension.axis() != along && shape.has(dimension.axis()))
                    .toList();
            List<Dimension> others = shape.dimensions().stream()
                    .filter(dimension -> dimension.axis() != along)
                    .toList();
            violations.require(others.equals(kept), "the input " + input + " does not fit the output " + output);
            sum += along.isOpen() || !shape.has(along) ? 1 : shape.size(along);
        }
        violations.require(
                along.isOpen() || output.size(along) == sum,
                "the inputs add up to " + sum + " along " + along + ", the output is " + output);
    }
}
