package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
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
/// @param heads a multiple of `groups`
/// @param norm over the output of each group's heads, where the family has one
public record GroupedStateSpace(
        long heads,
        long headSize,
        long groups,
        long state,
        int convolution,
        Presence convolutionBias,
        Presence projectionBias,
        Optional<GatedNorm> norm)
        implements Sublayer {
    /// A normalisation beside the gate.
    ///
    /// @param groups how many equal parts of the output are normalised on their own: 1 or the space's groups
    public record GatedNorm(NormRecipe recipe, long groups, Order order) {}

    /// What comes first, the gate or the normalisation.
    public enum Order {
        GATE_FIRST,
        NORM_FIRST
    }

    public GroupedStateSpace {
        long parts = norm.map(GatedNorm::groups).orElse(1L);
        if (heads % groups != 0 || heads % parts != 0) {
            throw new IllegalArgumentException(
                    heads + " heads of a state space cannot share " + groups + " groups, normalised in " + parts);
        }
    }

    @Override
    public String key() {
        return "recurrence";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        long parts = norm.map(GatedNorm::groups).orElse(1L);
        Shape perHead = parts == 1
                ? Shape.of(Axis.QUERY_HEADS, heads)
                : Shape.of(Axis.GROUPS, parts, Axis.QUERY_HEADS, heads / parts);
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
        y = norm.isPresent() && norm.get().order() == Order.NORM_FIRST ? normalize(block, y, inner) : y;
        y = block.multiply("recurrence.gated", Role.RECURRENCE, y, gate);
        y = norm.isPresent() && norm.get().order() == Order.GATE_FIRST ? normalize(block, y, inner) : y;
        return block.linear("recurrence.output", Role.RECURRENCE_PROJECTION, y, inner, hidden, projectionBias);
    }

    /// Each part by its own mean square, then all by one gain a channel.
    private Value normalize(BlockBuilder block, Value value, Shape inner) {
        GatedNorm how = norm.orElseThrow();
        String key = "recurrence.normalization_of_output";
        return block.normalize(key, value, how.recipe(), 2, inner);
    }

    private Value in(BlockBuilder block, String key, Value input, Shape hidden, Shape outputs) {
        return block.linear(key, Role.RECURRENCE_PROJECTION, input, hidden, outputs, projectionBias);
    }

    private Value convolve(BlockBuilder block, String of, Value value, Shape channels) {
        Value convolved = block.convolve(of + "_convolution", value, channels, convolution, convolutionBias);
        return block.activate(of + "_activation", Role.RECURRENCE, convolved, ActivationFunction.SILU);
    }
}
