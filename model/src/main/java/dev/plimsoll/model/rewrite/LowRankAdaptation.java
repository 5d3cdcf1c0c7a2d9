package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Adds to linear maps a product of two thin ones: `W · x + (alpha / r) · B · A · x`.
///
/// `r · (inputs + outputs)` parameters a map. Source: Hu et al. 2021 (LoRA), section 4.1.
///
/// @param rank width between the two
/// @param alpha the product is multiplied by `alpha / rank`
/// @param roles the roles whose linear maps are adapted
/// @param maps of those the linear maps that are, by name, for example `attention.query`; empty for all
public record LowRankAdaptation(long rank, double alpha, Set<Role> roles, Set<String> maps) {
    private static final String FIRST = ".lora_A";
    private static final String SECOND = ".lora_B";

    /// Beside all linear maps of the roles.
    public LowRankAdaptation(long rank, double alpha, Set<Role> roles) {
        this(rank, alpha, roles, Set.of());
    }

    public LowRankAdaptation {
        roles = Set.copyOf(roles);
        maps = Set.copyOf(maps);
        if (rank < 1) {
            throw new IllegalArgumentException("an adapter has a rank of at least 1, not " + rank);
        }
    }

    /// Whether a parameter was added by an adapter.
    public static boolean isAdapter(Parameter parameter) {
        return parameter.name().endsWith(FIRST + ".weight") || parameter.name().endsWith(SECOND + ".weight");
    }

    /// The block with its linear maps of the chosen roles adapted.
    public Block of(Block block) {
        BlockRewriter rewriter = new BlockRewriter(block);
        for (Operator operator : block.operators()) {
            rewriter.copy(operator);
            if (operator instanceof Operator.Linear linear && adapts(linear)) {
                adapt(rewriter, linear);
            }
        }
        return rewriter.build();
    }

    private boolean adapts(Operator.Linear linear) {
        return roles.contains(linear.role()) && (maps.isEmpty() || maps.contains(linear.name()));
    }

    private void adapt(BlockRewriter rewriter, Operator.Linear linear) {
        Shape width = Shape.of(Axis.LATENT, rank);
        Value input = rewriter.read(linear.input());
        Shape tokens =
                input.shape().leading(input.shape().rank() - linear.inputs().rank());
        Value narrow = product(rewriter, linear, FIRST, input, linear.inputs(), width, tokens.then(width));
        Value wide = product(
                rewriter,
                linear,
                SECOND,
                narrow,
                width,
                linear.outputs(),
                linear.output().shape());
        Value scaled = Value.activation(linear.name() + ".lora_scaled", wide.shape());
        rewriter.append(
                new Operator.Scale(scaled.name(), linear.role(), wide, new ScaleFactor.Constant(alpha / rank), scaled));
        Value sum = Value.activation(linear.name() + ".lora", wide.shape());
        rewriter.append(new Operator.Add(sum.name(), linear.role(), linear.output(), scaled, sum));
        rewriter.redirect(linear.output(), sum);
    }

    private static Value product(
            BlockRewriter rewriter,
            Operator.Linear linear,
            String suffix,
            Value input,
            Shape inputs,
            Shape outputs,
            Shape shape) {
        String name = linear.name() + suffix;
        Parameter weight = new Parameter(
                name + ".weight",
                List.of(outputs, inputs),
                Parameter.Kind.MATRIX,
                linear.weight().sharing(),
                TensorNames.NONE);
        Value output = Value.activation(name, shape);
        rewriter.append(new Operator.Linear(name, linear.role(), input, weight, Optional.empty(), output));
        return output;
    }
}
