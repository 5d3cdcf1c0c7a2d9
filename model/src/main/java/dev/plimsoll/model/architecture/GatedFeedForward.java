package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// `down(activation(gate(x)) · up(x))`: `3·h·f` parameters, with biases `2·f + h` more. Source: Shazeer 2020 (GLU
/// variants).
public record GatedFeedForward(long width, ActivationFunction function, Presence bias) implements Sublayer {
    @Override
    public String key() {
        return "feed_forward";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        return append(block, input, key(), Role.FEED_FORWARD);
    }

    /// The same under another name and role, for example as a shared expert.
    Value append(BlockBuilder block, Value input, String key, Role role) {
        Shape hidden = input.shape().trailing(1);
        Shape inner = Shape.of(Axis.FEED_FORWARD, width);
        Value gate = block.linear(key + ".gate", role, input, hidden, inner, bias);
        Value up = block.linear(key + ".up", role, input, hidden, inner, bias);
        Value activated = block.activate(key + ".activation", role, gate, function);
        Value product = block.multiply(key + ".product", role, activated, up);
        return block.linear(key + ".down", role, product, inner, hidden, bias);
    }
}
