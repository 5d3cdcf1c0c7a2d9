package dev.plimsoll.cli;

import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.formats.model.MegatronShape.Choice;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.ParameterCount;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// The shape flags of Megatron-LM that build a model again.
final class MegatronShapes {
    private static final long PADDING = 128;
    private static final long USUAL_POSITIONS = 2048;

    private MegatronShapes() {}

    /// Empty where the flags do not describe the model: what they build must have as many parameters.
    static Optional<MegatronShape> of(Transformer model) {
        try {
            Optional<MegatronShape> bare = shape(model, 1);
            boolean same = bare.flatMap(shape -> shape.read().transformer())
                    .map(built -> ParameterCount.of(built).total()
                            == ParameterCount.of(model).total())
                    .orElse(false);
            return same ? shape(model, PADDING) : Optional.empty();
        } catch (InputException noSuchShape) {
            return Optional.empty();
        }
    }

    private static Optional<MegatronShape> shape(Transformer model, long padding) {
        List<LayerRun> runs = model.parts().stream()
                .filter(part -> part.kind() == Part.Kind.TEXT_DECODER)
                .flatMap(part -> part.runs().stream())
                .toList();
        List<LayerRun> layers = runs.stream().filter(MegatronShapes::isLayer).toList();
        if (layers.size() != 1) {
            return Optional.empty();
        }
        Block block = layers.getFirst().block();
        Optional<Operator.Attention> attention = first(block, Operator.Attention.class);
        Optional<Operator.Embedding> embedding = runs.stream()
                .flatMap(run -> first(run.block(), Operator.Embedding.class).stream())
                .findFirst();
        Optional<Operator.Linear> wide = block.operators().stream()
                .filter(operator -> operator.role() == Role.FEED_FORWARD)
                .filter(Operator.Linear.class::isInstance)
                .map(Operator.Linear.class::cast)
                .findFirst();
        if (attention.isEmpty() || embedding.isEmpty() || wide.isEmpty()) {
            return Optional.empty();
        }
        Shape query = attention.get().query().shape().trailing(2);
        Shape table = embedding.get().table().shape();
        return Optional.of(new MegatronShape(
                layers.getFirst().count(),
                table.size(Axis.HIDDEN),
                OptionalLong.of(wide.get().outputs().fixedElements()),
                query.leading(1).fixedElements(),
                OptionalLong.of(
                        attention.get().key().shape().trailing(2).leading(1).fixedElements()),
                OptionalLong.of(query.trailing(1).fixedElements()),
                model.maxPositions().orElse(USUAL_POSITIONS),
                table.size(Axis.VOCABULARY),
                padding,
                switches(model, block, wide.get()),
                List.of()));
    }

    private static MegatronShape.Switches switches(Transformer model, Block block, Operator.Linear wide) {
        boolean centred = first(block, Operator.Normalization.class)
                .map(norm -> norm.kind() == NormalizationKind.LAYER)
                .orElse(false);
        boolean rotates = first(block, Operator.RotaryEmbedding.class).isPresent();
        boolean gated = block.operators().stream()
                .anyMatch(operator -> operator instanceof Operator.Multiply && operator.role() == Role.FEED_FORWARD);
        return new MegatronShape.Switches(
                centred ? "LayerNorm" : "RMSNorm",
                rotates ? "rope" : "learned_absolute",
                choice(gated),
                choice(wide.bias().isPresent()),
                choice(hasTiedHead(model)));
    }

    /// Whether the head multiplies by the table that tokens are looked up in.
    private static boolean hasTiedHead(Transformer model) {
        List<Operator> operators = model.parts().stream()
                .flatMap(part -> part.runs().stream())
                .flatMap(run -> run.block().operators().stream())
                .toList();
        Set<Parameter> tables = operators.stream()
                .filter(Operator.Embedding.class::isInstance)
                .flatMap(operator -> operator.parameters().stream())
                .collect(Collectors.toSet());
        return operators.stream()
                .filter(operator -> operator.role() == Role.HEAD)
                .flatMap(operator -> operator.parameters().stream())
                .anyMatch(tables::contains);
    }

    private static Choice choice(boolean yes) {
        return yes ? Choice.YES : Choice.NO;
    }

    private static boolean isLayer(LayerRun run) {
        return first(run.block(), Operator.Attention.class).isPresent();
    }

    private static <T extends Operator> Optional<T> first(Block block, Class<T> kind) {
        return block.operators().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst();
    }
}
