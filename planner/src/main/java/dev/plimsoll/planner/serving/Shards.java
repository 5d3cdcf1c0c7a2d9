package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/// Sizes of tensors and values on one device of a tensor-parallel group.
///
/// Named axes are divided, never their products: query heads, feed-forward widths and channels of recurrences evenly;
/// heads of keys and values, and groups of recurrences, are repeated where there are fewer than devices; the vocabulary
/// is padded; experts are dealt out whole. Everything else (norms, latents, routers, indexers) is on every device. A
/// tower whose heads do not divide is repeated.
///
/// @param vocabularyMultiple rows of the vocabulary are padded to a multiple of so many, and of the devices
record Shards(ServingLayout layout, long vocabularyMultiple) {
    Parameter share(Part.Kind part, Parameter whole, List<Operator> readers) {
        boolean isOfExperts = false;
        for (Operator reader : readers) {
            isOfExperts |= reader instanceof Operator.GroupedLinear;
        }
        Cut cut = isOfExperts ? Cut.EXPERT : isTower(part) ? Cut.TOWER : Cut.TEXT;
        return new Parameter(
                whole.name(),
                whole.groups().stream().map(group -> share(group, cut)).toList(),
                whole.kind(),
                whole.sharing(),
                whole.names());
    }

    /// Values of the text's layers.
    Value share(Value value) {
        return new Value(value.name(), share(value.shape(), Cut.TEXT), value.content());
    }

    Shape share(Shape shape) {
        return share(shape, Cut.TEXT);
    }

    /// Values between the matrices of experts.
    Shape shareOfExperts(Shape shape) {
        return share(shape, Cut.EXPERT);
    }

    /// Rows of a vocabulary on one device.
    long vocabulary(long rows) {
        int tensor = layout.tensor();
        long padded = Math.ceilDiv(rows, vocabularyMultiple) * vocabularyMultiple;
        return Math.ceilDiv(padded, tensor);
    }

    private enum Cut {
        TEXT,
        EXPERT,
        TOWER
    }

    private static boolean isTower(Part.Kind kind) {
        return switch (kind) {
            case VISION_ENCODER, AUDIO_ENCODER, PROJECTOR, POOLER -> true;
            case TEXT_DECODER, TEXT_ENCODER, NEXT_TOKENS_PREDICTION -> false;
        };
    }

    private Shape share(Shape shape, Cut cut) {
        // Heads that lie in groups are divided once: by groups first, by the heads of a group where groups run out.
        int headsLeft = layout.tensor();
        if (shape.has(Axis.GROUPS) && shape.has(Axis.QUERY_HEADS)) {
            headsLeft = Math.toIntExact(Math.max(1, layout.tensor() / shape.size(Axis.GROUPS)));
        }
        List<Dimension> dimensions = new ArrayList<>();
        for (Dimension dimension : shape.dimensions()) {
            dimensions.add(
                    dimension instanceof Dimension.Fixed(Axis axis, long size)
                            ? new Dimension.Fixed(axis, share(axis, size, cut, headsLeft))
                            : dimension);
        }
        return new Shape(dimensions);
    }

    private long share(Axis axis, long size, Cut cut, int headsLeft) {
        int tensor = layout.tensor();
        return switch (axis) {
            case QUERY_HEADS -> divided(size, headsLeft, cut);
            case KEY_VALUE_HEADS, GROUPS -> Math.max(1, divided(size, tensor, cut));
            case INNER -> divided(size, tensor, cut);
            case FEED_FORWARD -> divided(size, cut == Cut.EXPERT ? layout.expertTensor() : tensor, cut);
            case EXPERTS -> cut == Cut.EXPERT ? Math.ceilDiv(size, layout.expert()) : size;
            case VOCABULARY -> vocabulary(size);
            case BATCH,
                    SEQUENCE,
                    SOURCE,
                    PATCHES,
                    MERGED_PATCHES,
                    FRAMES,
                    HIDDEN,
                    HEAD_SIZE,
                    VALUE_SIZE,
                    POSITIONS,
                    TOKEN_TYPES,
                    BUCKETS,
                    LAYERS,
                    TOP_K,
                    LATENT,
                    STATE,
                    KERNEL,
                    CHANNELS,
                    PATCH_TIME,
                    PATCH_HEIGHT,
                    PATCH_WIDTH,
                    ASPECT_RATIOS,
                    TILES,
                    INDEX_HEADS,
                    INDEX_SIZE,
                    RECEIVED,
                    GATHERED,
                    UNIT -> size;
        };
    }

    private static long divided(long size, int devices, Cut cut) {
        return cut == Cut.TOWER && size % devices != 0 ? size : Math.ceilDiv(size, devices);
    }
}
