package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;

/// Linear attention by the gated delta rule, with short convolutions before it.
///
/// Parameters, with `K = g·n` all keys and `W = a·d` all values: query, key, value and gate `(2K + 2W)·h`, beta
/// and decay `2·a·h`, convolution `(2K + W)·c`, decay and time-step bias `2a`, norm `d`, out `h·W`. Source: Yang et
/// al. 2024, and the model card of Qwen3-Next.
///
/// @param keyHeads how many query and key heads
/// @param valueHeads how many value heads, a multiple of `keyHeads`
public record GatedDelta(long keyHeads, long keySize, long valueHeads, long valueSize, int convolution, NormRecipe norm)
        implements Sublayer {
    @Override
    public String key() {
        return "recurrence";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        Shape keys = Shape.of(Axis.GROUPS, keyHeads, Axis.STATE, keySize);
        Shape perHead = Shape.of(Axis.QUERY_HEADS, valueHeads);
        Shape values = perHead.then(Shape.of(Axis.HEAD_SIZE, valueSize));
        Value query = convolve(block, "recurrence.query", input, hidden, keys);
        Value key = convolve(block, "recurrence.key", input, hidden, keys);
        Value value = convolve(block, "recurrence.value", input, hidden, values);
        Value gate = project(block, "recurrence.gate", input, hidden, values);
        Value beta = project(block, "recurrence.beta", input, hidden, perHead);
        beta = block.activate("recurrence.beta_sigmoid", Role.RECURRENCE, beta, ActivationFunction.SIGMOID);
        Value decay = project(block, "recurrence.time_step", input, hidden, perHead);
        List<Parameter> steering = List.of(
                block.parameter("recurrence.decay", Parameter.Kind.RECURRENCE, perHead),
                block.parameter("recurrence.time_step_bias", Parameter.Kind.RECURRENCE, perHead));
        Value y = block.append(new Operator.DeltaRule(
                "recurrence.rule",
                Role.RECURRENCE,
                query,
                key,
                value,
                beta,
                decay,
                steering,
                perHead.then(Shape.of(Axis.STATE, keySize, Axis.HEAD_SIZE, valueSize)),
                Value.activation("recurrence.rule", value.shape())));
        y = block.normalize("recurrence.normalization_of_output", y, norm, 1);
        gate = block.activate("recurrence.gate_activation", Role.RECURRENCE, gate, ActivationFunction.SILU);
        y = block.multiply("recurrence.gated", Role.RECURRENCE, y, gate);
        return block.linear("recurrence.output", Role.RECURRENCE_PROJECTION, y, values, hidden, Presence.ABSENT);
    }

    private static Value project(BlockBuilder block, String key, Value input, Shape hidden, Shape outputs) {
        return block.linear(key, Role.RECURRENCE_PROJECTION, input, hidden, outputs, Presence.ABSENT);
    }

    private Value convolve(BlockBuilder block, String of, Value input, Shape hidden, Shape channels) {
        Value projected = project(block, of, input, hidden, channels);
        Value convolved = block.convolve(of + "_convolution", projected, channels, convolution, Presence.ABSENT);
        return block.activate(of + "_activation", Role.RECURRENCE, convolved, ActivationFunction.SILU);
    }
}
