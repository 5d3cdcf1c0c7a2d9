package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// `down(activation(up(x)))`: `2·h·f` parameters, with biases `f + h` more. Source: Vaswani et al. 2017, equation 2.
public record PlainFeedForward(long width, ActivationFunction function, Presence bias) implements Sublayer {
    @Override
    public String key() {
        return "feed_forward";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        return append(block, input, key(), Role.FEED_FORWARD);
    }

    Value append(BlockBuilder block, Value input, String key, Role role) {
        Shape hidden = input.shape().trailing(1);
        Shape inner = Shape.of(Axis.FEED_FORWARD, width);
        Value up = block.linear(key + ".up", role, input, hidden, inner, bias);
        Value activated = block.activate(key + ".activation", role, up, function);
        return block.linear(key + ".down", role, activated, inner, hidden, bias);
    }
}
