package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
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
            long again = chunk.rerun(run, method);
            counts.merge(kind(run.block(), method.recomputation().what()), again, Long::sum);
            counts.merge(kind(run.block(), Set.of()), run.count() - again, Long::sum);
        }
        chunk.behind().forEach(block -> counts.merge(kind(block, Set.of()), 1L, Long::sum));
        long[] byKind = new long[kinds.size()];
        counts.forEach((kind, count) -> byKind[kind] = count);
        return byKind;
    }

    private int kind(Block block, Set<Piece> pieces) {
        return known.computeIfAbsent(block, key -> new ConcurrentHashMap<>()).computeIfAbsent(pieces, key -> {
            kinds.add(LayerTime.of(BlockRun.of(block, method, pieces), split, conditions));
            return kinds.size() - 1;
        });
    }
}
