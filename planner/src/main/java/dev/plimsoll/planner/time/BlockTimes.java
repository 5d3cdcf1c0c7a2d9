package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.BlockBackward.Upstream;
import dev.plimsoll.model.rewrite.DropoutInsertion;
import dev.plimsoll.model.rewrite.Loss;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.Tuning;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Times every kind of block of a job once, and counts how often each stands on a chunk.
final class BlockTimes {
    private final TrainingMethod method;
    private final Split split;
    private final Conditions conditions;
    private final List<LayerTime> kinds = new ArrayList<>();
    private final IdentityHashMap<Block, Map<Set<Piece>, Integer>> known = new IdentityHashMap<>();

    BlockTimes(TrainingJob job, Conditions conditions) {
        this.conditions = conditions;
        method = job.method();
        split = new Split(
                job.parallelism(),
                new MicroBatch(job.batch().microBatch(), job.batch().sequenceLength()),
                method.load().hundredths() / 100.0);
    }

    /// The times of all kinds that [#counts] has met.
    LayerTime[] kinds() {
        return kinds.toArray(LayerTime[]::new);
    }

    /// How many blocks of each kind stand on a chunk; later kinds, which it has none of, are left out.
    long[] counts(Layout.Chunk chunk) {
        Map<Integer, Long> counts = new TreeMap<>();
        chunk.before().forEach(block -> counts.merge(kind(block, Set.of()), 1L, Long::sum));
        for (LayerRun run : chunk.layers()) {
            for (long i = 0; i < run.count(); i++) {
                counts.merge(kind(run.block(), pieces(run.first() + i)), 1L, Long::sum);
            }
        }
        chunk.behind().forEach(block -> counts.merge(kind(block, Set.of()), 1L, Long::sum));
        long[] byKind = new long[kinds.size()];
        counts.forEach((kind, count) -> byKind[kind] = count);
        return byKind;
    }

    private Set<Piece> pieces(long layer) {
        Recomputation recomputation = method.recomputation();
        return recomputation.layers().has(layer) ? recomputation.what() : Set.of();
    }

    private int kind(Block block, Set<Piece> pieces) {
        return known.computeIfAbsent(block, key -> new ConcurrentHashMap<>()).computeIfAbsent(pieces, key -> {
            kinds.add(LayerTime.of(run(block, pieces), split, conditions));
            return kinds.size() - 1;
        });
    }

    private BlockRun run(Block block, Set<Piece> pieces) {
        TrainingExecution execution = TrainingExecution.of(
                        method.precision(), conditions.rules().attention())
                .withDropout(method.dropout())
                .withTrained(method.tuning().trained());
        boolean layer = block.operators().stream().anyMatch(operator -> operator instanceof Operator.Attention);
        Block dropped = DropoutInsertion.of(block, method.dropout());
        Block adapted = switch (method.tuning()) {
            case Tuning.Everything _ -> dropped;
            case Tuning.Adapters adapters -> layer ? adapters.adapters().of(dropped) : dropped;
        };
        boolean scores = block.outputs().getFirst().shape().has(Axis.VOCABULARY);
        return BlockRun.of(scores ? Loss.of(adapted) : adapted, execution, pieces, upstream(block));
    }

    /// Nothing before an embedding is trained.
    private static Upstream upstream(Block block) {
        return block.operators().getFirst() instanceof Operator.Embedding ? Upstream.FROZEN : Upstream.TRAINED;
    }
}
