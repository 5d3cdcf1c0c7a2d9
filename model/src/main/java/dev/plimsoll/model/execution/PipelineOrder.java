package dev.plimsoll.model.execution;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.StagePass.Kind;
import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.List;

/// In what order one stage of a pipeline runs its micro-batches.
///
/// - GPipe: every chunk forward over all micro-batches, then every chunk backward. Source: Huang et al. 2019, figure 2.
/// - 1F1B: `p - i - 1` forwards on stage `i`, then one forward and one backward in turn, then the backwards that are
///   left. Source: Narayanan et al. 2021, section 2.2.1.
/// - Interleaved: the same over chunks of micro-batches, in runs of `p` micro-batches a chunk, after
///   `2(p - i - 1) + (v - 1)p` forwards. Source: Narayanan et al. 2021, section 2.2.2.
/// - Zero bubble: as 1F1B, with the weights' gradients of a micro-batch `i` backwards later on stage `i`, so that each
///   stage holds what stage 0 does. Source: Qi et al. 2024, section 2.3 (ZB-H1).
public final class PipelineOrder {
    private PipelineOrder() {}

    /// @param stage from 0
    /// @param microBatches of each step
    /// @throws InputException where stages of several chunks take turns and the micro-batches are no multiple of them
    public static List<StagePass> of(PipelineParallel pipeline, int stage, int microBatches) {
        boolean takesTurns = pipeline.schedule() != Parallelism.PipelineSchedule.GPIPE && pipeline.chunks() > 1;
        if (takesTurns && microBatches % pipeline.degree() != 0) {
            throw InputException.usage(
                    "micro-batches: found %d, expected a multiple of %d stages, which take turns"
                            .formatted(microBatches, pipeline.degree()),
                    "Give a multiple of the stages, or one chunk of layers to each.");
        }
        return switch (pipeline.schedule()) {
            case GPIPE -> allForwardsFirst(pipeline, microBatches);
            case ONE_FORWARD_ONE_BACKWARD -> oneForOne(pipeline, stage, microBatches);
            case ZERO_BUBBLE -> zeroBubble(pipeline, stage, microBatches);
        };
    }

    private static List<StagePass> allForwardsFirst(PipelineParallel pipeline, int microBatches) {
        List<StagePass> order = new ArrayList<>();
        for (int chunk = 0; chunk < pipeline.chunks(); chunk++) {
            for (int microBatch = 0; microBatch < microBatches; microBatch++) {
                order.add(new StagePass(Kind.FORWARD, chunk, microBatch));
            }
        }
        for (int chunk = pipeline.chunks() - 1; chunk >= 0; chunk--) {
            for (int microBatch = 0; microBatch < microBatches; microBatch++) {
                order.add(new StagePass(Kind.BACKWARD, chunk, microBatch));
            }
        }
        return order;
    }

    private static List<StagePass> oneForOne(PipelineParallel pipeline, int stage, int microBatches) {
        int all = microBatches * pipeline.chunks();
        int warmUp = Math.min(all, warmUp(pipeline, stage));
        List<StagePass> order = new ArrayList<>();
        for (int i = 0; i < all + warmUp; i++) {
            if (i < all) {
                order.add(pass(Kind.FORWARD, pipeline, i));
            }
            if (i >= warmUp) {
                order.add(pass(Kind.BACKWARD, pipeline, i - warmUp));
            }
        }
        return order;
    }

    private static int warmUp(PipelineParallel pipeline, int stage) {
        int later = pipeline.degree() - stage - 1;
        return pipeline.chunks() == 1 ? later : 2 * later + (pipeline.chunks() - 1) * pipeline.degree();
    }

    /// The `number`-th pass of a kind: runs of `p` micro-batches go through all chunks before the next run starts.
    private static StagePass pass(Kind kind, PipelineParallel pipeline, int number) {
        if (pipeline.chunks() == 1) {
            return new StagePass(kind, 0, number);
        }
        int stages = pipeline.degree();
        int inRun = number % (stages * pipeline.chunks());
        int chunk = inRun / stages;
        int microBatch = number / (stages * pipeline.chunks()) * stages + inRun % stages;
        return new StagePass(kind, kind == Kind.FORWARD ? chunk : pipeline.chunks() - 1 - chunk, microBatch);
    }

    private static List<StagePass> zeroBubble(PipelineParallel pipeline, int stage, int microBatches) {
        List<StagePass> order = new ArrayList<>();
        int done = 0;
        for (StagePass pass : oneForOne(pipeline, stage, microBatches)) {
            order.add(pass);
            if (pass.kind() == Kind.BACKWARD && pass.microBatch() >= stage) {
                order.add(new StagePass(Kind.WEIGHT_GRADIENTS, 0, done++));
            }
        }
        while (done < microBatches) {
            order.add(new StagePass(Kind.WEIGHT_GRADIENTS, 0, done++));
        }
        return order;
    }
}
