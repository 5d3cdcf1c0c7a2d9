package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;

/// Mamba-2's state space: one decay for each head, B and C shared by groups of heads.
///
/// Parameters, with `i = a·d` inner width, `g` groups, `n` state, `c` convolution: in `(2i + 2gn + a)·h`, convolution
/// `(i + 2gn)·c (+ i + 2gn)`, decay, skip and time-step bias `3a`, gated norm `i`, out `h·i`. Source: Dao and Gu
/// 2024, section 7 and the reference implementation's `Mamba2` module.
///
/// @param norm over the gated output, where the family has one
public record GroupedStateSpace(
        long heads,
        long headSize,
        long groups,
        long state,
        int convolution,
        Presence convolutionBias,
        Presence projectionBias,
        Optional<NormRecipe> norm)
        implements Sublayer {
    @Override
    public String key() {
        return "recurrence";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        Shape perHead = Shape.of(Axis.QUERY_HEADS, heads);
        Shape inner = perHead.then(Shape.of(Axis.HEAD_SIZE, headSize));
        Shape shared = Shape.of(Axis.GROUPS, groups, Axis.STATE, state);
        Value gate = in(block, "recurrence.gate", input, hidden, inner);
        Value x = convolve(block, "recurrence.input", in(block, "recurrence.input", input, hidden, inner), inner);
        Value b = convolve(block, "recurrence.b", in(block, "recurrence.b", input, hidden, shared), shared);
        Value c = convolve(block, "recurrence.c", in(block, "recurrence.c", input, hidden, shared), shared);
        Value timeStep = in(block, "recurrence.time_step", input, hidden, perHead);
        List<Parameter> steering = List.of(
                block.parameter("recurrence.decay", Parameter.Kind.RECURRENCE, perHead),
                block.parameter("recurrence.skip", Parameter.Kind.RECURRENCE, perHead),
                block.parameter("recurrence.time_step_bias", Parameter.Kind.RECURRENCE, perHead));
        Value y = block.append(new Operator.StateSpaceScan(
                "recurrence.scan",
                Role.RECURRENCE,
                x,
                timeStep,
                b,
                c,
                steering,
                inner.then(Shape.of(Axis.STATE, state)),
                Value.activation("recurrence.scan", x.shape())));
        gate = block.activate("recurrence.gate_activation", Role.RECURRENCE, gate, ActivationFunction.SILU);
        Value gated = block.multiply("recurrence.gated", Role.RECURRENCE, y, gate);
        Value normed = norm.map(how -> block.normalize("recurrence.normalization_of_output", gated, how, 2))
                .orElse(gated);
        return block.linear("recurrence.output", Role.RECURRENCE_PROJECTION, normed, inner, hidden, projectionBias);
    }

    private Value in(BlockBuilder block, String key, Value input, Shape hidden, Shape outputs) {
        return block.linear(key, Role.RECURRENCE_PROJECTION, input, hidden, outputs, projectionBias);
    }

    private Value convolve(BlockBuilder block, String of, Value value, Shape channels) {
        String key = of + "_convolution";
        Parameter kernel =
                block.parameter(key + ".weight", Parameter.Kind.KERNEL, channels, Shape.of(Axis.KERNEL, convolution));
        Value convolved = block.append(new Operator.Convolution(
                key,
                Role.RECURRENCE,
                value,
                new ConvolutionKind.CausalByChannel(convolution),
                kernel,
                block.bias(key, convolutionBias, channels),
                Value.activation(key, value.shape())));
        return block.activate(of + "_activation", Role.RECURRENCE, convolved, ActivationFunction.SILU);
    }
}
