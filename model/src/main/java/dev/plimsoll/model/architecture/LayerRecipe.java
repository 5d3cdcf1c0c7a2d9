package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import java.util.List;

/// A layer: its sublayers and how they are wired to the residual stream.
public record LayerRecipe(List<Sublayer> sublayers, Wiring wiring, NormRecipe norm, Branch branch, Presence scalar) {
    /// Where the normalisations stand.
    public enum Wiring {
        /// `x + f(norm(x))`.
        NORM_BEFORE,
        /// `norm(x + f(x))` (the original Transformer, BERT).
        NORM_AFTER_SUM,
        /// `x + norm(f(x))` (OLMo 2).
        NORM_AFTER,
        /// `x + norm(f(norm(x)))` (Gemma 2).
        NORM_AROUND,
        /// `x + f(norm(x)) + g(norm(x))`, one normalisation for both (GPT-J).
        PARALLEL_ONE_NORM,
        /// `x + f(norm(x)) + g(norm'(x))` (GPT-NeoX).
        PARALLEL_TWO_NORMS
    }

    /// What a sublayer's output is scaled by before it is added.
    public sealed interface Branch {
        record Plain() implements Branch {}

        /// A constant (Granite's residual multiplier).
        record Constant(double factor) implements Branch {}

        /// The tanh of a trained scalar (Llama 3.2's vision layers).
        record Gate() implements Branch {}
    }

    public LayerRecipe {
        sublayers = List.copyOf(sublayers);
    }

    public LayerRecipe(Wiring wiring, NormRecipe norm, Sublayer... sublayers) {
        this(List.of(sublayers), wiring, norm, new Branch.Plain(), Presence.ABSENT);
    }

    public LayerRecipe withBranch(Branch other) {
        return new LayerRecipe(sublayers, wiring, norm, other, scalar);
    }

    /// The same with a trained scalar over the layer's output (Gemma 4).
    public LayerRecipe withScalar() {
        return new LayerRecipe(sublayers, wiring, norm, branch, Presence.PRESENT);
    }

    /// Appends the layer's operators and gives its output, as wide as its input.
    public Value append(BlockBuilder block, Value input) {
        Value stream = switch (wiring) {
            case NORM_BEFORE, NORM_AFTER_SUM, NORM_AFTER, NORM_AROUND -> serial(block, input);
            case PARALLEL_ONE_NORM, PARALLEL_TWO_NORMS -> parallel(block, input);
        };
        return switch (scalar) {
            case ABSENT -> stream;
            case PRESENT -> block.gate("layer.scalar", Role.RESIDUAL, stream, ActivationFunction.IDENTITY);
        };
    }

    private Value serial(BlockBuilder block, Value input) {
        Value stream = input;
        for (Sublayer sublayer : sublayers) {
            String key = sublayer.key();
            Wiring how = sublayer instanceof WiredOtherwise other ? other.wiring() : wiring;
            Value branchInput = switch (how) {
                case NORM_BEFORE, NORM_AROUND -> block.normalize(key + ".normalization", stream, norm, 1);
                case NORM_AFTER_SUM, NORM_AFTER, PARALLEL_ONE_NORM, PARALLEL_TWO_NORMS -> stream;
            };
            Value output = sublayer.append(block, branchInput);
            if (how == Wiring.NORM_AFTER || how == Wiring.NORM_AROUND) {
                output = block.normalize(key + ".output_normalization", output, norm, 1);
            }
            stream = block.add(key + ".residual", Role.RESIDUAL, stream, scaled(block, key, output));
            if (how == Wiring.NORM_AFTER_SUM) {
                stream = block.normalize(key + ".normalization", stream, norm, 1);
            }
        }
        return stream;
    }

    private Value parallel(BlockBuilder block, Value input) {
        Value stream = input;
        Value normed = input;
        for (int i = 0; i < sublayers.size(); i++) {
            Sublayer sublayer = sublayers.get(i);
            if (i == 0 || wiring == Wiring.PARALLEL_TWO_NORMS) {
                normed = block.normalize(sublayer.key() + ".normalization", input, norm, 1);
            }
            Value output = sublayer.append(block, normed);
            stream = block.add(
                    sublayer.key() + ".residual", Role.RESIDUAL, stream, scaled(block, sublayer.key(), output));
        }
        return stream;
    }

    private Value scaled(BlockBuilder block, String key, Value output) {
        return switch (branch) {
            case Branch.Plain() -> output;
            case Branch.Constant(double factor) ->
                block.scale(key + ".branch", Role.RESIDUAL, output, new ScaleFactor.Constant(factor));
            case Branch.Gate() -> block.gate(key + ".branch", Role.RESIDUAL, output, ActivationFunction.TANH);
        };
    }
}
