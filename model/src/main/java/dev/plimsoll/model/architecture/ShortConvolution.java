package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Shape;

/// A gated short convolution in the place of attention: `out(c · conv(b · x))`, `4·h·h + h·width` parameters,
/// with biases `5·h` more.
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
        Value convolved = block.convolve("recurrence.convolution", product, hidden, width, bias);
        Value gated = block.multiply("recurrence.gated", Role.RECURRENCE, c, convolved);
        return project(block, "recurrence.output", gated, hidden);
    }

    private Value project(BlockBuilder block, String key, Value input, Shape hidden) {
        return block.linear(key, Role.RECURRENCE_PROJECTION, input, hidden, hidden, bias);
    }
}
