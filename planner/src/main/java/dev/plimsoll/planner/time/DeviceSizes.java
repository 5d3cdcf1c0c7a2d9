package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.training.MicroBatch;

/// How much of a value or parameter one device has.
///
/// Tensor parallelism divides heads, the feed-forward width, the vocabulary and a recurrence's width, the larger part
/// counted where they do not divide; context parallelism divides the tokens; with sequence parallelism tensor-parallel
/// devices share out the tokens of whatever has none of these axes. Rows that were sent to experts are shared out alike.
final class DeviceSizes {
    private final MicroBatch batch;
    private final long tensor;
    private final long context;
    private final long expert;
    private final long expertTensor;
    private final boolean splitsTokens;

    DeviceSizes(Parallelism parallelism, MicroBatch batch) {
        this.batch = batch;
        tensor = parallelism.tensor().degree();
        context = parallelism.context().degree();
        expert = parallelism.expert().degree();
        expertTensor = parallelism.expert().tensorDegree();
        splitsTokens = parallelism.tensor().sequence() == SequenceSplit.SPLIT;
    }

    /// Tokens of a micro-batch that a device attends from, whatever tensor parallelism does.
    double tokens() {
        return (double) batch.sequences() * batch.tokens() / context;
    }

    /// Tokens that a device works on where no axis is split.
    double sharedTokens() {
        return splitsTokens ? tokens() / tensor : tokens();
    }

    /// Rows that a device's experts receive when routing is balanced, for each expert a token is sent to.
    double expertRows() {
        return tokens() / tensor * expertTensor;
    }

    double expertsHere(long experts) {
        return Math.ceilDiv(experts, expert);
    }

    MicroBatch batch() {
        return batch;
    }

    /// Elements of a value on one device.
    double elements(Shape shape) {
        double fixed = 1;
        boolean open = false;
        for (Dimension dimension : shape.dimensions()) {
            switch (dimension) {
                case Dimension.Fixed(Axis axis, long size) -> fixed *= part(axis, size, shape);
                case Dimension.Open _ -> open = true;
            }
        }
        return open ? fixed * rows(shape) : fixed;
    }

    /// The product of fixed axes on one device.
    double width(Shape shape) {
        double width = 1;
        for (Dimension dimension : shape.dimensions()) {
            if (dimension instanceof Dimension.Fixed(Axis axis, long size)) {
                width *= part(axis, size, shape);
            }
        }
        return width;
    }

    /// Whether tensor parallelism divides one of the axes.
    boolean isSplit(Shape shape) {
        for (Dimension dimension : shape.dimensions()) {
            if (splits(dimension.axis())) {
                return true;
            }
        }
        return false;
    }

    private double rows(Shape shape) {
        if (shape.has(Axis.TOP_K)) {
            return expertRows();
        }
        return isSplit(shape) ? tokens() : sharedTokens();
    }

    private double part(Axis axis, long size, Shape shape) {
        if (axis == Axis.EXPERTS) {
            return Math.ceilDiv(size, expert);
        }
        boolean ofExperts = shape.has(Axis.TOP_K) || shape.has(Axis.EXPERTS);
        long degree = ofExperts ? expertTensor : tensor;
        return splits(axis) ? Math.ceilDiv(size, degree) : size;
    }

    private static boolean splits(Axis axis) {
        return switch (axis) {
            case QUERY_HEADS, KEY_VALUE_HEADS, FEED_FORWARD, VOCABULARY, INNER, GROUPS -> true;
            case BATCH,
                    SEQUENCE,
                    SOURCE,
                    PATCHES,
                    MERGED_PATCHES,
                    FRAMES,
                    RECEIVED,
                    GATHERED,
                    HIDDEN,
                    HEAD_SIZE,
                    VALUE_SIZE,
                    POSITIONS,
                    TOKEN_TYPES,
                    BUCKETS,
                    EXPERTS,
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
                    UNIT -> false;
        };
    }
}
