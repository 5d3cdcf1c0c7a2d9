package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// `map(activation(gate(x)) · v)`, with `v` this layer's vector of a [PerLayerEmbedding]: `2·r·h` parameters.
///
/// The vector comes in as `per_layer.input`, `[b, s, r]`: the slice of `per_layer.inputs` with the layer's number.
///
/// @param width `r`
public record PerLayerInput(long width, ActivationFunction function) implements Sublayer {
    @Override
    public String key() {
        return "per_layer";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        Shape inner = Shape.of(Axis.LATENT, width);
        Value vector = block.input("per_layer.input", inner);
        Value gate = block.linear("per_layer.gate", Role.FEED_FORWARD, input, hidden, inner, Presence.ABSENT);
        gate = block.activate("per_layer.activation", Role.FEED_FORWARD, gate, function);
        Value product = block.multiply("per_layer.product", Role.FEED_FORWARD, gate, vector);
        return block.linear("per_layer.output", Role.FEED_FORWARD, product, inner, hidden, Presence.ABSENT);
    }
}
