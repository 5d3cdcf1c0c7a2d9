package dev.plimsoll.planner.search;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.planner.memory.TrainedLayer.Place;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The stages of a pipeline by what stands on them: a pipeline of 64 stages rarely has more than four kinds of stage.
///
/// Blocks are told apart as [dev.plimsoll.planner.memory.MemoryPlan] does; a test compares the sums.
///
/// @param ofStage the class of each stage
@SuppressWarnings("ArrayRecordComponent") // read in loops that must not allocate
record StageClasses(StageClass[] classes, int[] ofStage) {
    static StageClasses of(Layout layout, TrainingMethod method, BlockKinds kinds) {
        List<StageClass> classes = new ArrayList<>();
        int[] ofStage = new int[layout.stages().size()];
        for (Layout.Stage stage : layout.stages()) {
            StageClass next = new Builder(stage.chunks().size(), method, kinds).build(stage);
            int at = 0;
            while (at < classes.size() && !classes.get(at).isLike(next)) {
                at++;
            }
            if (at == classes.size()) {
                classes.add(next);
            } else {
                classes.set(at, classes.get(at).plus(next));
            }
            ofStage[stage.number()] = at;
        }
        return new StageClasses(classes.toArray(StageClass[]::new), ofStage);
    }

    /// One stage's blocks.
    private static final class Builder {
        private final int chunks;
        private final TrainingMethod method;
        private final BlockKinds kinds;
        private final List<Integer> found = new ArrayList<>();
        private final List<long[]> counts = new ArrayList<>();
        private final Set<String> held = new HashSet<>();

        Builder(int chunks, TrainingMethod method, BlockKinds kinds) {
            this.chunks = chunks;
            this.method = method;
            this.kinds = kinds;
        }

        StageClass build(Layout.Stage stage) {
            for (int at = 0; at < stage.chunks().size(); at++) {
                Layout.Chunk chunk = stage.chunks().get(at);
                for (Block block : chunk.before()) {
                    add(block, Place.BEFORE, Set.of(), 1, at);
                }
                for (LayerRun run : chunk.layers()) {
                    long again = chunk.rerun(run, method);
                    add(run.block(), Place.LAYER, method.recomputation().what(), again, at);
                    add(run.block(), Place.LAYER, Set.of(), run.count() - again, at);
                }
                for (Block block : chunk.behind()) {
                    add(block, Place.BEHIND, Set.of(), 1, at);
                }
            }
            int[] numbers = found.stream().mapToInt(Integer::intValue).toArray();
            long[][] ofChunks = new long[chunks][numbers.length];
            long[] sums = new long[numbers.length];
            for (int kind = 0; kind < numbers.length; kind++) {
                for (int chunk = 0; chunk < chunks; chunk++) {
                    ofChunks[chunk][kind] = counts.get(kind)[chunk];
                    sums[kind] += counts.get(kind)[chunk];
                }
            }
            int[] clocks = found.stream().mapToInt(kinds::clockOf).toArray();
            return new StageClass(numbers, clocks, sums, ofChunks, stage.number(), stage.number(), 1);
        }

        private void add(Block block, Place place, Set<Piece> pieces, long count, int chunk) {
            long left = count;
            while (left > 0) {
                // A parameter of the whole model is held by the first block on the stage that reads it.
                boolean first = block.parameters().stream()
                        .anyMatch(parameter -> isShared(parameter) && !held.contains(parameter.name()));
                long alike = first ? 1 : left;
                put(kinds.kind(block, place, pieces, heldOf(block)), alike, chunk);
                block.parameters().stream().filter(Builder::isShared).forEach(parameter -> held.add(parameter.name()));
                left -= alike;
            }
        }

        private void put(int kind, long count, int chunk) {
            int at = found.indexOf(kind);
            if (at < 0) {
                at = found.size();
                found.add(kind);
                counts.add(new long[chunks]);
            }
            counts.get(at)[chunk] += count;
        }

        /// Of what the stage holds, what this block would hold too.
        private Set<String> heldOf(Block block) {
            Set<String> both = new HashSet<>();
            block.parameters().stream()
                    .filter(parameter -> isShared(parameter) && held.contains(parameter.name()))
                    .forEach(parameter -> both.add(parameter.name()));
            return Set.copyOf(both);
        }

        private static boolean isShared(Parameter parameter) {
            return parameter.sharing() == Parameter.Sharing.WHOLE_MODEL;
        }
    }
}
