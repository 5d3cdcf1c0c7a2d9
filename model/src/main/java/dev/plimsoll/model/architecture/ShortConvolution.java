package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// A gated short convolution in the place of attention: `out(c · conv(b · x))`, `4·h·h + h·width` parameters.
///
/// Source: the LFM2 model card and its reference implementation.
public record ShortConvolution(int width, Presence bias) implements Sublayer {
    @Override
    public String key() {
        return "recurrence";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        Value b = project(block, "recurrence.b", input, hidden);
        Value c = project(block, "recurrence.c", input, hidden);
        Value x = project(block, "recurrence.input", input, hidden);
        Value product = block.multiply("recurrence.product", Role.RECURRENCE, b, x);
        Parameter kernel = block.parameter(
                "recurrence.convolution.weight", Parameter.Kind.KERNEL, hidden, Shape.of(Axis.KERNEL, width));
        Value convolved = block.append(new Operator.Convolution(
                "recurrence.convolution",
                Role.RECURRENCE,
                product,
                new ConvolutionKind.CausalByChannel(width),
                kernel,
                block.bias("recurrence.convolution", bias, hidden),
                Value.activation("recurrence.convolution", product.shape())));
        Value gated = block.multiply("recurrence.gated", Role.RECURRENCE, c, convolved);
        return project(block, "recurrence.output", gated, hidden);
    }

    private Value project(BlockBuilder block, String key, Value input, Shape hidden) {
        return block.linear(key, Role.RECURRENCE_PROJECTION, input, hidden, hidden, bias);
    }
}
