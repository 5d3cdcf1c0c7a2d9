package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.shape.Axis;
import java.util.List;

/// nanotron's way to deal layers out: it walks embedding, layers, last normalisation and head, and goes on to the next
/// stage behind the block with which the cost so far exceeds the stages' share.
///
/// A layer costs `4·a·d·h` and its feed-forward matrices, the head `V·h`, everything else nothing. Source:
/// huggingface/nanotron, `PipelineModel` and `get_block_compute_costs`.
final class CostWalk {
    private final TextStack stack;
    private final int stages;

    CostWalk(TextStack stack, int stages) {
        this.stack = stack;
        this.stages = stages;
    }

    /// Layers on each stage.
    long[] counts() {
        long total = cost(stack.behind());
        for (LayerRun run : stack.layers()) {
            total += run.count() * layerCost(run.block());
        }
        long[] counts = new long[stages];
        long walked = 0;
        int stage = 0;
        for (LayerRun run : stack.layers()) {
            long cost = layerCost(run.block());
            for (long layer = 0; layer < run.count(); layer++) {
                counts[stage]++;
                walked += cost;
                // walked / total > (stage + 1) / stages
                if (stage < stages - 1 && Math.multiplyExact(walked, stages) > Math.multiplyExact(total, stage + 1L)) {
                    stage++;
                }
            }
        }
        return counts;
    }

    private static long cost(List<Block> blocks) {
        long cost = 0;
        for (Block block : blocks) {
            for (Parameter parameter : block.parameters()) {
                cost += parameter.shape().has(Axis.VOCABULARY) ? parameter.elements() : 0;
            }
        }
        return cost;
    }

    private static long layerCost(Block block) {
        long cost = 0;
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear) {
                cost += switch (linear.role()) {
                    case ATTENTION_OUTPUT -> 4 * linear.weight().elements();
                    case FEED_FORWARD, SHARED_EXPERT -> linear.weight().elements();
                    case EMBEDDING,
                            NORMALIZATION,
                            RESIDUAL,
                            QUERY_KEY_VALUE,
                            LATENT_UP_PROJECTION,
                            POSITION,
                            CORE_ATTENTION,
                            INDEXER,
                            ROUTER,
                            EXPERT,
                            RECURRENCE_PROJECTION,
                            RECURRENCE,
                            PROJECTOR,
                            POOLER,
                            HEAD -> 0L;
                };
            } else if (operator instanceof Operator.GroupedLinear grouped && grouped.role() == Role.EXPERT) {
                cost += grouped.weight().elements();
            }
        }
        return cost;
    }
}
