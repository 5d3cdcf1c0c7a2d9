package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which axes each operator's values and parameters must share.
final class ShapeRules {
    private final String operator;
    private final List<String> violations = new ArrayList<>();

    private ShapeRules(String operator) {
        this.operator = operator;
    }

    static List<String> violations(Operator operator) {
        ShapeRules rules = new ShapeRules(operator.name());
        rules.check(operator);
        return rules.violations;
    }

    private void check(Operator operator) {
        switch (operator) {
            case Operator.Embedding embedding -> embedding(embedding);
            case Operator.Linear linear -> linear(linear);
            case Operator.Normalization normalization -> normalization(normalization);
            case Operator.RotaryEmbedding rotary -> rotary(rotary);
            case Operator.Attention attention -> attention(attention);
            case Operator.TokenSelection selection -> tokenSelection(selection);
            case Operator.Activation activation ->
                same("output", activation.output(), activation.input().shape());
            case Operator.Multiply multiply -> multiply(multiply);
            case Operator.Add add -> add(add);
            case Operator.Scale scale -> scale(scale);
            case Operator.Router router -> router(router);
            case Operator.Dispatch dispatch -> dispatch(dispatch);
            case Operator.GroupedLinear grouped -> groupedLinear(grouped);
            case Operator.Combine combine -> combine(combine);
            case Operator.Convolution convolution -> convolution(convolution);
            case Operator.StateSpaceScan scan -> scan(scan);
            case Operator.DeltaRule rule -> deltaRule(rule);
            case Operator.Concatenate concatenate -> concatenate(concatenate);
            case Operator.TokenPooling pooling -> pooling(pooling);
        }
    }

    private void embedding(Operator.Embedding embedding) {
        Shape table = embedding.table().shape();
        require(table.rank() >= 2, "its table has no columns: " + table);
        if (table.rank() >= 2) {
            same("output", embedding.output(), embedding.indices().shape().then(table.trailing(table.rank() - 1)));
        }
    }

    private void linear(Operator.Linear linear) {
        Shape weight = linear.weight().shape();
        Shape input = linear.input().shape();
        int twice = weight.rank() + input.rank() - linear.output().shape().rank();
        if (twice <= 0 || twice % 2 != 0 || twice / 2 > Math.min(weight.rank(), input.rank())) {
            violations.add(operator + " cannot make " + linear.output() + " of " + linear.input() + " and " + weight);
            return;
        }
        int contracted = twice / 2;
        require(
                input.trailing(contracted).equals(weight.trailing(contracted)),
                "the weight " + weight + " sums over " + weight.trailing(contracted) + " but the input is " + input);
        Shape outputs = weight.leading(weight.rank() - contracted);
        same("output", linear.output(), input.leading(input.rank() - contracted).then(outputs));
        is("bias", linear.bias(), outputs);
    }

    private void normalization(Operator.Normalization normalization) {
        same("output", normalization.output(), normalization.input().shape());
        int rank = normalization.input().shape().rank();
        if (normalization.axes() < 1 || normalization.axes() > rank) {
            violations.add(operator + " cannot normalise over " + normalization.axes() + " of " + rank + " axes");
            return;
        }
        Shape over = normalization.input().shape().trailing(normalization.axes());
        is("gain", normalization.gain(), over);
        is("bias", normalization.bias(), over);
    }

    private void rotary(Operator.RotaryEmbedding rotary) {
        same("output", rotary.output(), rotary.input().shape());
        Shape input = rotary.input().shape();
        require(
                input.dimensions().getLast() instanceof Dimension.Fixed width
                        && width.size() >= rotary.rotary().size(),
                "it rotates " + rotary.rotary().size() + " elements of " + input);
    }

    private void attention(Operator.Attention attention) {
        Shape query = attention.query().shape();
        Shape key = attention.key().shape();
        Shape value = attention.value().shape();
        if (query.rank() != 4 || key.rank() != 4 || value.rank() != 4) {
            violations.add(operator + " needs [b, s, a, d], [b, t, k, d] and [b, t, k, w] but reads " + query + ", "
                    + key + " and " + value);
            return;
        }
        require(query.trailing(1).equals(key.trailing(1)), "query " + query + " and key " + key + " differ in width");
        require(key.leading(3).equals(value.leading(3)), "key " + key + " and value " + value + " differ");
        long queryHeads = query.leading(3).trailing(1).fixedElements();
        long keyValueHeads = key.leading(3).trailing(1).fixedElements();
        require(
                queryHeads % keyValueHeads == 0,
                queryHeads + " query heads cannot share " + keyValueHeads + " key/value heads evenly");
        same("output", attention.output(), query.leading(3).then(value.trailing(1)));
    }

    private void tokenSelection(Operator.TokenSelection selection) {
        Shape query = selection.query().shape();
        require(
                query.rank() == 4
                        && query.leading(2)
                                .then(query.trailing(1))
                                .equals(selection.key().shape())
                        && query.leading(3).equals(selection.weights().shape()),
                "query " + query + ", key " + selection.key() + " and weights " + selection.weights() + " disagree");
    }

    private void multiply(Operator.Multiply multiply) {
        same("output", multiply.output(), multiply.left().shape());
        Shape left = multiply.left().shape();
        Shape right = multiply.right().shape();
        boolean unit = right.rank() > 0
                && right.dimensions().getLast().axis() == Axis.UNIT
                && left.startsWith(right.leading(right.rank() - 1));
        require(left.startsWith(right) || unit, "left " + left + " and right " + right + " disagree");
    }

    private void add(Operator.Add add) {
        same("output", add.output(), add.left().shape());
        require(
                add.left().shape().endsWith(add.right().shape()),
                "left " + add.left() + " and right " + add.right() + " disagree");
    }

    private void scale(Operator.Scale scale) {
        same("output", scale.output(), scale.input().shape());
        if (scale.factor() instanceof ScaleFactor.Learned learned) {
            Shape shape = learned.parameter().shape();
            require(
                    shape.equals(Shape.of(Axis.UNIT, 1))
                            || scale.input().shape().endsWith(shape),
                    "the factor " + shape + " does not fit the input " + scale.input());
        }
    }

    private void router(Operator.Router router) {
        Shape input = router.input().shape();
        Shape experts = Shape.of(Axis.EXPERTS, router.routing().experts());
        Shape tokens = input.leading(input.rank() - 1);
        is("weight", Optional.of(router.weight()), experts.then(input.trailing(1)));
        is("bias", router.bias(), experts);
        is("correction", router.correction(), experts);
        Shape chosen = tokens.then(Shape.of(Axis.TOP_K, router.routing().topK()));
        same("experts", router.experts(), chosen);
        same("weights", router.weights(), chosen);
    }

    private void dispatch(Operator.Dispatch dispatch) {
        Shape input = dispatch.input().shape();
        same("output", dispatch.output(), dispatch.experts().shape().then(input.trailing(1)));
    }

    private void groupedLinear(Operator.GroupedLinear grouped) {
        Shape weight = grouped.weight().shape();
        Shape input = grouped.input().shape();
        if (weight.rank() != 3 || !weight.trailing(1).equals(input.trailing(1))) {
            violations.add(operator + " needs E x o x i for an input " + input + " but has " + weight);
            return;
        }
        same(
                "output",
                grouped.output(),
                input.leading(input.rank() - 1).then(weight.leading(2).trailing(1)));
        is("bias", grouped.bias(), weight.leading(2));
    }

    private void combine(Operator.Combine combine) {
        Shape input = combine.input().shape();
        combine.weights()
                .ifPresent(weights -> require(
                        input.leading(input.rank() - 1).equals(weights.shape()),
                        "input " + input + " and weights " + weights + " disagree"));
        same("output", combine.output(), input.leading(input.rank() - 2).then(input.trailing(1)));
    }

    private void convolution(Operator.Convolution convolution) {
        Shape input = convolution.input().shape();
        Shape output = convolution.output().shape();
        Shape channels = input.trailing(input.rank() - 2);
        Shape outputs = output.trailing(output.rank() - 2);
        switch (convolution.kind()) {
            case ConvolutionKind.CausalByChannel(int width) -> {
                same("output", convolution.output(), input);
                is("weight", Optional.of(convolution.weight()), channels.then(Shape.of(Axis.KERNEL, width)));
                is("bias", convolution.bias(), channels);
            }
            case ConvolutionKind.Dense dense -> {
                Shape kernel = Shape.of(Axis.KERNEL, dense.width());
                is(
                        "weight",
                        Optional.of(convolution.weight()),
                        outputs.then(channels).then(kernel));
                is("bias", convolution.bias(), outputs);
            }
        }
    }

    private void scan(Operator.StateSpaceScan scan) {
        same("output", scan.output(), scan.input().shape());
        require(
                scan.input().shape().startsWith(scan.timeStep().shape()),
                "input " + scan.input() + " and time step " + scan.timeStep() + " disagree");
        require(
                scan.inputProjection().shape().equals(scan.outputProjection().shape()),
                "B " + scan.inputProjection() + " and C " + scan.outputProjection() + " disagree");
    }

    private void deltaRule(Operator.DeltaRule rule) {
        same("output", rule.output(), rule.value().shape());
        same("key", rule.key(), rule.query().shape());
        Shape perHead = rule.value().shape().leading(3);
        same("beta", rule.beta(), perHead);
        same("decay", rule.decay(), perHead);
    }

    private void concatenate(Operator.Concatenate concatenate) {
        Shape output = concatenate.output().shape();
        require(output.has(concatenate.axis()), "the output " + output + " has no " + concatenate.axis());
        for (Value input : concatenate.inputs()) {
            List<Axis> axes =
                    input.shape().dimensions().stream().map(Dimension::axis).toList();
            List<Axis> expected = output.dimensions().stream()
                    .map(Dimension::axis)
                    .filter(axis -> axes.contains(axis))
                    .toList();
            require(axes.equals(expected), "the input " + input + " does not fit the output " + output);
        }
        if (!concatenate.axis().isOpen()) {
            long sum = concatenate.inputs().stream()
                    .mapToLong(input -> input.shape().size(concatenate.axis()))
                    .sum();
            require(
                    sum == output.size(concatenate.axis()),
                    "the inputs add up to " + sum + " along " + concatenate.axis() + ", the output is " + output);
        }
    }

    private void pooling(Operator.TokenPooling pooling) {
        Shape input = pooling.input().shape();
        Shape output = pooling.output().shape();
        switch (pooling.pooling()) {
            case Pooling.One() ->
                same("output", pooling.output(), input.leading(1).then(input.trailing(1)));
            case Pooling.Average average ->
                require(output.trailing(1).equals(input.trailing(1)), input + " cannot be averaged to " + output);
            case Pooling.Merge(long neighbours) ->
                require(
                        output.trailing(output.rank() - 2).fixedElements()
                                == neighbours * input.trailing(1).fixedElements(),
                        neighbours + " tokens of " + input + " cannot be merged to " + output);
        }
    }

    private void same(String what, Value found, Shape expected) {
        require(
                found.shape().equals(expected),
                what + " " + found.name() + " is " + found.shape() + " but must be " + expected);
    }

    private void is(String what, Optional<Parameter> found, Shape expected) {
        found.ifPresent(parameter -> require(
                parameter.shape().equals(expected), what + " is " + parameter.shape() + " but must be " + expected));
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(operator + ": " + otherwise);
        }
    }
}
