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

/// Mamba's selective state space: a decay for each channel and state.
///
/// Parameters, with `i` inner width, `n` state, `c` convolution, `r` time-step rank: in `2·i·h`, convolution
/// `i·c (+ i)`, time step and B, C `(r + 2n)·i`, time step up `i·r + i`, decay `i·n`, skip `i`, out `h·i`; norms
/// `r + 2n` more. Source: Gu and Dao 2023, section 3.4 and the reference implementation's `Mamba` module.
///
/// @param projectionBias of the maps in and out
/// @param norm over the time step, B and C, where the family has them (Jamba)
public record SelectiveScan(
        long inner,
        long state,
        int convolution,
        long timeStepRank,
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
        Shape channels = Shape.of(Axis.INNER, inner);
        Shape states = Shape.of(Axis.STATE, state);
        Shape rank = Shape.of(Axis.LATENT, timeStepRank);
        Value x = project(block, "recurrence.input", input, hidden, channels, projectionBias);
        Value gate = project(block, "recurrence.gate", input, hidden, channels, projectionBias);
        x = convolve(block, x, channels);
        Value low = norm(block, project(block, "recurrence.time_step_low", x, channels, rank, Presence.ABSENT));
        Value b = norm(block, project(block, "recurrence.b", x, channels, states, Presence.ABSENT));
        Value c = norm(block, project(block, "recurrence.c", x, channels, states, Presence.ABSENT));
        Value timeStep = project(block, "recurrence.time_step", low, rank, channels, Presence.PRESENT);
        timeStep =
                block.activate("recurrence.time_step_softplus", Role.RECURRENCE, timeStep, ActivationFunction.SOFTPLUS);
        List<Parameter> steering = List.of(
                block.parameter("recurrence.decay", Parameter.Kind.RECURRENCE, channels, states),
                block.parameter("recurrence.skip", Parameter.Kind.RECURRENCE, channels));
        Value y = block.append(new Operator.StateSpaceScan(
                "recurrence.scan",
                Role.RECURRENCE,
                x,
                timeStep,
                b,
                c,
                steering,
                channels.then(states),
                Value.activation("recurrence.scan", x.shape())));
        gate = block.activate("recurrence.gate_activation", Role.RECURRENCE, gate, ActivationFunction.SILU);
        y = block.multiply("recurrence.gated", Role.RECURRENCE, y, gate);
        return project(block, "recurrence.output", y, channels, hidden, projectionBias);
    }

    private Value convolve(BlockBuilder block, Value x, Shape channels) {
        Value convolved = block.convolve("recurrence.convolution", x, channels, convolution, convolutionBias);
        return block.activate("recurrence.activation", Role.RECURRENCE, convolved, ActivationFunction.SILU);
    }

    private Value norm(BlockBuilder block, Value value) {
        return norm.map(how -> block.normalize(value.name() + "_normalization", value, how, 1))
                .orElse(value);
    }

    private static Value project(
            BlockBuilder block, String key, Value input, Shape inputs, Shape outputs, Presence bias) {
        return block.linear(key, Role.RECURRENCE_PROJECTION, input, inputs, outputs, bias);
    }
}
