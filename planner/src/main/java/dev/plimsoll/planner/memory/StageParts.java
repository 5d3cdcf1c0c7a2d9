package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.memory.TrainedLayer.Place;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The different blocks that stand on a stage, each with how often it does, and how many micro-batches it holds.
final class StageParts {
    /// A kind of block.
    ///
    /// @param count how many stand here
    /// @param inFlight blocks times micro-batches whose activations they hold
    /// @param deferred blocks times micro-batches for whose weights' gradients alone they hold inputs
    record Entry(Block block, TrainedLayer layer, Set<Piece> pieces, long count, long inFlight, long deferred) {
        private Entry plus(long more, long moreInFlight, long moreDeferred) {
            return new Entry(block, layer, pieces, count + more, inFlight + moreInFlight, deferred + moreDeferred);
        }
    }

    private final TrainingJob job;
    private final int stage;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> held = new HashSet<>();

    private StageParts(int stage, TrainingJob job) {
        this.stage = stage;
        this.job = job;
    }

    static StageParts of(Layout.Stage stage, TrainingJob job) {
        StageParts parts = new StageParts(stage.number(), job);
        for (int at = 0; at < stage.chunks().size(); at++) {
            Layout.Chunk chunk = stage.chunks().get(at);
            for (Block block : chunk.before()) {
                parts.add(block, Place.BEFORE, Set.of(), 1, at);
            }
            for (LayerRun run : chunk.layers()) {
                parts.run(run, at, chunk.rerun(run, job.method()));
            }
            for (Block block : chunk.behind()) {
                parts.add(block, Place.BEHIND, Set.of(), 1, at);
            }
        }
        return parts;
    }

    /// @throws dev.plimsoll.model.failure.InputException listing every violation of the layout
    static StageParts of(TrainingJob job, int stage) {
        return of(Layout.of(job).stages().get(stage), job);
    }

    LayerMemory memory(Entry entry) {
        return entry.layer().memory(LayerSplit.of(job.parallelism()), job.batch());
    }

    List<Entry> entries() {
        return entries;
    }

    Provenance provenance() {
        return entries.stream().map(entry -> entry.layer().provenance()).reduce(Provenance.EXACT, Provenance::and);
    }

    StageMemory memory() {
        LayerMemory[] kinds = entries.stream().map(this::memory).toArray(LayerMemory[]::new);
        return StageMemory.of(
                kinds,
                entries.stream().mapToLong(Entry::count).toArray(),
                entries.stream().mapToLong(Entry::inFlight).toArray(),
                entries.stream().mapToLong(Entry::deferred).toArray(),
                StageRules.of(job));
    }

    /// Layers that run some of their pieces again, and those that do not.
    private void run(LayerRun run, int chunk, long again) {
        add(run.block(), Place.LAYER, job.method().recomputation().what(), again, chunk);
        add(run.block(), Place.LAYER, Set.of(), run.count() - again, chunk);
    }

    private void add(Block block, Place place, Set<Piece> pieces, long count, int chunk) {
        long flying = InFlight.microBatches(job.parallelism().pipeline(), stage, chunk, job.microBatches());
        long deferred = InFlight.deferred(job.parallelism().pipeline(), stage, job.microBatches());
        long left = count;
        while (left > 0) {
            // A parameter of the whole model is held by the first block on the stage that reads it.
            boolean first =
                    block.parameters().stream().anyMatch(parameter -> isShared(parameter) && !isHeld(parameter));
            long alike = first ? 1 : left;
            put(block, place, pieces, alike, alike * flying, alike * deferred);
            block.parameters().stream().filter(StageParts::isShared).forEach(parameter -> held.add(parameter.name()));
            left -= alike;
        }
    }

    // The interned block is meant, not an equal one.
    @SuppressWarnings("ReferenceEquality")
    private void put(Block block, Place place, Set<Piece> pieces, long count, long inFlight, long deferred) {
        boolean shares = block.parameters().stream().anyMatch(StageParts::isShared);
        for (int at = 0; at < entries.size() && !shares; at++) {
            Entry known = entries.get(at);
            if (known.block() == block && known.pieces().equals(pieces)) {
                entries.set(at, known.plus(count, inFlight, deferred));
                return;
            }
        }
        TrainedLayer layer = TrainedLayer.of(block, place, job.method(), pieces, Set.copyOf(held));
        entries.add(new Entry(block, layer, pieces, count, inFlight, deferred));
    }

    private boolean isHeld(Parameter parameter) {
        return held.contains(parameter.name());
    }

    private static boolean isShared(Parameter parameter) {
        return parameter.sharing() == Parameter.Sharing.WHOLE_MODEL;
    }
}
