package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Optional;
import java.util.OptionalLong;

/// A router and experts, each a feed-forward network; a token passes the `topK` best and the shared ones.
///
/// Parameters: router `E·h`, experts `3·E·h·f` (`2·E·h·f` without a gate), shared experts as a feed-forward network,
/// and what the biases add: `E` for the router, `E` for its correction, `E·(2f + h)` for the experts (`E·(f + h)`
/// without a gate). With a latent width `r`, the experts' `h` is `r`, and the maps to it and back are `2·r·h`.
///
/// @param width inner width of one expert
/// @param form whether an expert has a gate
/// @param weighted what the router's weights multiply
/// @param scale the routed experts' output is multiplied by this
/// @param latentWidth the experts' own width where tokens are projected to it and back (Nemotron 3)
public record MixtureOfExperts(
        Routing routing,
        long width,
        Form form,
        ActivationFunction function,
        Biases biases,
        Weighted weighted,
        double scale,
        OptionalLong latentWidth,
        Optional<SharedExpert> shared)
        implements Sublayer {
    /// The shape of an expert.
    public enum Form {
        GATED,
        /// As gated, with both halves clamped and 1 added to the ungated one: `gelu(min(gate, 7)) · (clamp(up) + 1)`
        /// (gpt-oss).
        GATED_CLAMPED,
        PLAIN
    }

    /// @param router of the router's linear map
    /// @param correction the router's load-balancing correction
    /// @param experts of every expert's linear maps
    public record Biases(Presence router, Presence correction, Presence experts) {
        public static final Biases NONE = new Biases(Presence.ABSENT, Presence.ABSENT, Presence.ABSENT);
        public static final Biases CORRECTION = new Biases(Presence.ABSENT, Presence.PRESENT, Presence.ABSENT);
    }

    /// What of an expert the router's weight multiplies.
    public enum Weighted {
        INPUTS,
        OUTPUTS
    }

    /// The experts that every token passes, taken together.
    ///
    /// @param gate whether their output is scaled by the sigmoid of a projection to one number, `h` parameters
    public record SharedExpert(long width, Presence gate) {}

    /// Gated experts without biases.
    public static MixtureOfExperts gated(Routing routing, long width, ActivationFunction function) {
        return new MixtureOfExperts(
                routing,
                width,
                Form.GATED,
                function,
                Biases.NONE,
                Weighted.OUTPUTS,
                1,
                OptionalLong.empty(),
                Optional.empty());
    }

    public MixtureOfExperts withBiases(Biases other) {
        return new MixtureOfExperts(routing, width, form, function, other, weighted, scale, latentWidth, shared);
    }

    public MixtureOfExperts withShared(SharedExpert other) {
        return new MixtureOfExperts(
                routing, width, form, function, biases, weighted, scale, latentWidth, Optional.of(other));
    }

    public MixtureOfExperts withForm(Form other) {
        return new MixtureOfExperts(routing, width, other, function, biases, weighted, scale, latentWidth, shared);
    }

    public MixtureOfExperts withWeighted(Weighted other) {
        return new MixtureOfExperts(routing, width, form, function, biases, other, scale, latentWidth, shared);
    }

    public MixtureOfExperts withScale(double other) {
        return new MixtureOfExperts(routing, width, form, function, biases, weighted, other, latentWidth, shared);
    }

    public MixtureOfExperts withLatentWidth(long other) {
        return new MixtureOfExperts(
                routing, width, form, function, biases, weighted, scale, OptionalLong.of(other), shared);
    }

    @Override
    public String key() {
        return "feed_forward";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        return append(block, input, input, Presence.ABSENT);
    }

    /// The same where the router sees something else than the experts.
    ///
    /// @param outputScale a trained number for each expert that its output is multiplied by, `E` parameters
    Value append(BlockBuilder block, Value routerInput, Value input, Presence outputScale) {
        Operator.Router router = router(block, routerInput);
        block.append(router);
        Value expertInput =
                latent(block, "experts.latent_down", input, input.shape().trailing(1), Direction.IN);
        Value routed = experts(block, router, expertInput, outputScale);
        if (scale != 1) {
            routed = block.scale("experts.constant_scale", Role.EXPERT, routed, new ScaleFactor.Constant(scale));
        }
        routed = latent(block, "experts.latent_up", routed, input.shape().trailing(1), Direction.OUT);
        if (shared.isEmpty()) {
            return routed;
        }
        return block.add("experts.with_shared", Role.EXPERT, routed, sharedExpert(block, input, shared.get()));
    }

    private enum Direction {
        IN,
        OUT
    }

    private Value latent(BlockBuilder block, String key, Value value, Shape hidden, Direction direction) {
        if (latentWidth.isEmpty()) {
            return value;
        }
        Shape latent = Shape.of(Axis.LATENT, latentWidth.getAsLong());
        return switch (direction) {
            case IN -> block.linear(key, Role.EXPERT, value, hidden, latent, Presence.ABSENT);
            case OUT -> block.linear(key, Role.EXPERT, value, latent, hidden, Presence.ABSENT);
        };
    }

    private Operator.Router router(BlockBuilder block, Value input) {
        Shape experts = Shape.of(Axis.EXPERTS, routing.experts());
        Shape chosen = block.tokens().then(Shape.of(Axis.TOP_K, routing.topK()));
        Parameter weight = block.parameter(
                "router.weight", Parameter.Kind.MATRIX, experts, input.shape().trailing(1));
        Optional<Parameter> correction = biases.correction() == Presence.PRESENT
                ? Optional.of(block.parameter("router.correction", Parameter.Kind.CORRECTION, experts))
                : Optional.empty();
        return new Operator.Router(
                "router",
                Role.ROUTER,
                input,
                weight,
                block.bias("router", biases.router(), experts),
                correction,
                routing,
                Value.index("router.experts", chosen),
                new Value("router.weights", chosen, Value.Content.SCORE));
    }

    private Value experts(BlockBuilder block, Operator.Router router, Value input, Presence outputScale) {
        Value experts = router.experts();
        Shape hidden = input.shape().trailing(1);
        Shape inner = Shape.of(Axis.FEED_FORWARD, width);
        Value dispatched = block.append(new Operator.Dispatch(
                "experts.dispatch",
                Role.EXPERT,
                input,
                experts,
                Value.activation("experts.dispatch", experts.shape().then(hidden))));
        if (weighted == Weighted.INPUTS) {
            dispatched = block.multiply("experts.weighted", Role.EXPERT, dispatched, router.weights());
        }
        Value product = product(block, dispatched, experts, hidden, inner);
        Value down = grouped(block, "experts.down", product, experts, inner, hidden);
        down = outputScale == Presence.PRESENT ? scaled(block, down, experts) : down;
        return block.append(new Operator.Combine(
                "experts.combine",
                Role.EXPERT,
                down,
                experts,
                weighted == Weighted.OUTPUTS ? Optional.of(router.weights()) : Optional.empty(),
                Value.activation("experts.combine", input.shape())));
    }

    private Value product(BlockBuilder block, Value dispatched, Value experts, Shape hidden, Shape inner) {
        return switch (form) {
            case GATED, GATED_CLAMPED -> {
                Value gate = grouped(block, "experts.gate", dispatched, experts, hidden, inner);
                Value up = grouped(block, "experts.up", dispatched, experts, hidden, inner);
                if (form == Form.GATED_CLAMPED) {
                    up = block.activate("experts.clamp", Role.EXPERT, up, ActivationFunction.CLAMPED_PLUS_ONE);
                }
                Value activated = block.activate("experts.activation", Role.EXPERT, gate, function);
                yield block.multiply("experts.product", Role.EXPERT, activated, up);
            }
            case PLAIN -> {
                Value up = grouped(block, "experts.up", dispatched, experts, hidden, inner);
                yield block.activate("experts.activation", Role.EXPERT, up, function);
            }
        };
    }

    private Value scaled(BlockBuilder block, Value outputs, Value experts) {
        Shape one = Shape.of(Axis.UNIT, 1);
        Parameter scales = block.parameter(
                "experts.scale.weight",
                Parameter.Kind.GAIN,
                Shape.of(Axis.EXPERTS, routing.experts()).then(one));
        Value chosen = block.append(new Operator.Embedding(
                "experts.scale",
                Role.ROUTER,
                experts,
                scales,
                Value.activation("experts.scale", experts.shape().then(one))));
        return block.multiply("experts.scaled", Role.EXPERT, outputs, chosen);
    }

    private Value grouped(
            BlockBuilder block, String key, Value input, Value experts, Shape inputWidths, Shape outputs) {
        Shape number = Shape.of(Axis.EXPERTS, routing.experts());
        Parameter weight = block.parameter(key + ".weight", Parameter.Kind.MATRIX, number, outputs, inputWidths);
        return block.append(new Operator.GroupedLinear(
                key,
                Role.EXPERT,
                input,
                experts,
                weight,
                block.bias(key, biases.experts(), number, outputs),
                Value.activation(key, experts.shape().then(outputs))));
    }

    private Value sharedExpert(BlockBuilder block, Value input, SharedExpert recipe) {
        Value output = switch (form) {
            case GATED, GATED_CLAMPED ->
                new GatedFeedForward(recipe.width(), function, Presence.ABSENT)
                        .append(block, input, "shared_expert", Role.SHARED_EXPERT);
            case PLAIN ->
                new PlainFeedForward(recipe.width(), function, Presence.ABSENT)
                        .append(block, input, "shared_expert", Role.SHARED_EXPERT);
        };
        if (recipe.gate() == Presence.ABSENT) {
            return output;
        }
        Shape hidden = input.shape().trailing(1);
        Value gate = block.linear(
                "shared_expert.router", Role.SHARED_EXPERT, input, hidden, Shape.of(Axis.UNIT, 1), Presence.ABSENT);
        gate = block.activate("shared_expert.sigmoid", Role.SHARED_EXPERT, gate, ActivationFunction.SIGMOID);
        return block.multiply("shared_expert.gated", Role.SHARED_EXPERT, output, gate);
    }
}
