package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/// A vision tower in the making: patches mapped to the stream, what is added to them, layers, a norm behind.
///
/// A convolution whose stride is its width maps each patch by itself: it is a linear map of the patch. Source:
/// Dosovitskiy et al. 2020, section 3.1.
final class VisionTower {
    private final StackBuilder stack;
    private final BlockBuilder block;
    private final Shape width;
    private Value stream;

    /// @param patch the axes of one patch, in the groups that the map's tensor has them in
    private VisionTower(long hidden, Naming naming, Presence bias, Shape... patch) {
        this.stack = new StackBuilder("vision", Part.Kind.VISION_ENCODER, Axis.PATCHES, hidden, naming);
        this.block = stack.block("embedding");
        this.width = Shape.of(Axis.HIDDEN, hidden);
        Shape inner = Shape.open();
        List<Shape> groups = new ArrayList<>(List.of(width));
        for (Shape group : patch) {
            inner = inner.then(group);
            groups.add(group);
        }
        Value pixels = block.input("pixels", inner);
        Parameter weight =
                block.parameter("embedding.patches.weight", Parameter.Kind.MATRIX, groups.toArray(new Shape[0]));
        this.stream = block.linear(
                "embedding.patches",
                Role.EMBEDDING,
                pixels,
                weight,
                inner,
                width,
                block.bias("embedding.patches", bias, width));
    }

    /// A tower whose patches are mapped by a convolution's tensor, which has an axis for each of a patch's.
    ///
    /// @param patch `[q, y, z]`, or with frames `[q, x, y, z]`
    static VisionTower convolved(long hidden, Naming naming, Shape patch, Presence bias) {
        Shape[] axes = new Shape[patch.rank()];
        for (int axis = 0; axis < axes.length; axis++) {
            axes[axis] = patch.leading(axis + 1).trailing(1);
        }
        return new VisionTower(hidden, naming, bias, axes);
    }

    /// A tower whose patches come flattened and are mapped by a matrix, without bias.
    ///
    /// @param patch the axes in the order they are flattened in
    static VisionTower flattened(long hidden, Naming naming, Shape patch) {
        return new VisionTower(hidden, naming, Presence.ABSENT, patch);
    }

    /// A square patch of an image, `[q, y, z]`.
    static Shape patch(Config vision, long size) {
        return Shape.of(Axis.CHANNELS, vision.sizeOr(3, "num_channels", "in_channels", "in_chans"))
                .then(Shape.of(Axis.PATCH_HEIGHT, size, Axis.PATCH_WIDTH, size));
    }

    /// Patches of a square image: `(image / patch)^2`.
    static long patches(Config vision, long image, long patch) {
        if (patch > image) {
            throw vision.invalid("patch_size", Long.toString(patch), "at most the image size " + image);
        }
        return Math.multiplyExact(image / patch, image / patch);
    }

    /// Puts a trained vector before the patches.
    ///
    /// @param groups the dimensions of its tensor, the stream's width the last of them
    VisionTower classToken(Shape... groups) {
        return join(List.of(oneRow(groups), stream));
    }

    /// Puts a trained vector behind the patches.
    VisionTower lastToken(Shape... groups) {
        return join(List.of(stream, oneRow(groups)));
    }

    private VisionTower join(List<Value> tokens) {
        Value joined = Value.activation("embedding.joined", stream.shape());
        stream = block.append(
                new Operator.Concatenate("embedding.joined", Role.EMBEDDING, tokens, Axis.PATCHES, joined));
        return this;
    }

    /// Adds a learned position table's rows.
    ///
    /// @param groups the dimensions of the table's tensor, the stream's width the last of them
    VisionTower positions(Shape... groups) {
        Value rows = lookUp(block, "embedding.positions", "positions", groups);
        stream = block.add("embedding.with_positions", Role.EMBEDDING, stream, rows);
        return this;
    }

    /// A position table of so many rows.
    VisionTower positions(long rows) {
        return positions(Shape.of(Axis.POSITIONS, rows), width);
    }

    /// The shape of a class token whose tensor has one dimension.
    static Shape row(long hidden) {
        return Shape.of(Axis.POSITIONS, 1, Axis.HIDDEN, hidden);
    }

    /// Whatever else a tower does before its layers.
    VisionTower step(StackBuilder.Step step) {
        stream = step.append(block, stream);
        return this;
    }

    /// Normalises before the layers.
    VisionTower normBefore(NormRecipe recipe) {
        return step((builder, value) -> builder.normalize("pre_normalization", value, recipe, 1));
    }

    /// The stack with its first block and its layers, for what stands behind them.
    StackBuilder layers(List<LayerRecipe> recipes) {
        return stack.add(block.build(stream)).layers(recipes, 0);
    }

    /// Rows of a table for each patch; the index counts the rows of all axes but the columns together.
    static Value lookUp(BlockBuilder block, String key, String indices, Shape... groups) {
        Shape columns = groups[groups.length - 1].trailing(1);
        Value numbers = block.input(Value.index(indices, block.tokens()));
        Parameter table = block.parameter(key + ".weight", Parameter.Kind.TABLE, groups);
        return block.append(new Operator.Embedding(
                key,
                Role.EMBEDDING,
                numbers,
                table,
                Value.activation(key, block.tokens().then(columns))));
    }

    private Value oneRow(Shape... groups) {
        String key = "embedding.class";
        Value number = block.input(Value.index("class", Shape.open(Axis.BATCH)));
        Parameter table = block.parameter(key + ".weight", Parameter.Kind.TABLE, groups);
        return block.append(new Operator.Embedding(
                key,
                Role.EMBEDDING,
                number,
                table,
                Value.activation(key, Shape.open(Axis.BATCH).then(width))));
    }
}
