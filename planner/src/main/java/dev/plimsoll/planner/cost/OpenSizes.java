package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.EnumMap;
import java.util.Map;

/// How long every open axis is under a workload, and so what of a model is run.
final class OpenSizes {
    private static final long UNKNOWN = -1;

    private final Map<Axis, Long> sizes = new EnumMap<>(Axis.class);
    private final OpenAxes given;
    private final Workload workload;

    OpenSizes(Workload workload, OpenAxes given) {
        this.workload = workload;
        this.given = given;
        sizes.put(Axis.BATCH, workload.sequences());
        sizes.put(Axis.SEQUENCE, workload.newTokens());
        sizes.put(Axis.SOURCE, given.sourceTokens().orElse(workload.pastTokens() + workload.newTokens()));
        set(Axis.PATCHES);
        set(Axis.MERGED_PATCHES);
        set(Axis.FRAMES);
    }

    private void set(Axis axis) {
        given.size(axis).ifPresent(size -> sizes.put(axis, size));
    }

    Workload workload() {
        return workload;
    }

    long of(Axis axis) {
        return sizes.getOrDefault(axis, UNKNOWN);
    }

    long of(Dimension dimension) {
        return switch (dimension) {
            case Dimension.Fixed fixed -> fixed.size();
            case Dimension.Open open -> of(open.axis());
        };
    }

    /// Whether every axis of the block's values has a length, and its part is one that text alone would run, or one
    /// whose axis was given.
    boolean isKnown(BlockRuns run) {
        if (!run.isLogical()) {
            return false;
        }
        boolean wanted = switch (run.part().kind()) {
            case TEXT_DECODER, TEXT_ENCODER, POOLER, PROJECTOR -> true;
            case VISION_ENCODER, AUDIO_ENCODER ->
                given.size(run.part().tokens()).isPresent() || given.frames().isPresent();
            case NEXT_TOKENS_PREDICTION -> false;
        };
        if (!wanted) {
            return false;
        }
        for (Operator operator : run.block().operators()) {
            for (Value written : operator.writes()) {
                if (!isKnown(written.shape())) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isKnown(Shape shape) {
        for (Dimension dimension : shape.dimensions()) {
            if (of(dimension) == UNKNOWN) {
                return false;
            }
        }
        return true;
    }

    /// Whether the operator is run in this pass: what was made of another stack's tokens is there already once the
    /// sequence has a past.
    boolean isRun(Operator operator) {
        if (workload.pastTokens() == 0) {
            return true;
        }
        for (Dimension dimension : operator.output().shape().dimensions()) {
            Axis axis = dimension.axis();
            if (axis.isOpen() && axis != Axis.BATCH && axis != Axis.SEQUENCE) {
                return false;
            }
        }
        return true;
    }
}
