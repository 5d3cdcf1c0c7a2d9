package dev.plimsoll.planner.search;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.planner.memory.TrainedLayer;
import dev.plimsoll.planner.memory.TrainedLayer.Place;
import dev.plimsoll.planner.time.BlockRun;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The different blocks of one search, prepared once and named by small numbers from then on.
///
/// Filled while the search is set up; read by all its threads.
final class BlockKinds {
    /// A block as its stage holds it.
    ///
    /// @param held parameters of the whole model that the stage holds already, by name
    private record Key(int block, Place place, Set<Piece> pieces, Set<String> held) {}

    private final TrainingMethod method;
    private final IdentityHashMap<Block, Integer> blocks = new IdentityHashMap<>();
    private final Map<Key, Integer> kinds = new HashMap<>();
    private final Map<Key, Integer> clocks = new HashMap<>();
    private final List<TrainedLayer> layers = new ArrayList<>();
    private final List<BlockRun> runs = new ArrayList<>();
    private final List<Integer> clockOfKind = new ArrayList<>();
    private final BitSet kindsWithExperts = new BitSet();
    private final BitSet clocksWithExperts = new BitSet();

    BlockKinds(TrainingMethod method) {
        this.method = method;
    }

    /// The number of a kind, which is new where it was not asked for before.
    int kind(Block block, Place place, Set<Piece> pieces, Set<String> held) {
        int number = blocks.computeIfAbsent(block, _ -> blocks.size());
        return kinds.computeIfAbsent(new Key(number, place, pieces, held), _ -> {
            layers.add(TrainedLayer.of(block, place, method, pieces, held));
            kindsWithExperts.set(layers.size() - 1, dealsTokensOut(block));
            clockOfKind.add(clock(new Key(number, place, pieces, Set.of()), block));
            return layers.size() - 1;
        });
    }

    /// What a stage holds already does not change how long a block takes.
    private int clock(Key key, Block block) {
        return clocks.computeIfAbsent(key, _ -> {
            runs.add(BlockRun.of(block, method, key.pieces()));
            clocksWithExperts.set(runs.size() - 1, dealsTokensOut(block));
            return runs.size() - 1;
        });
    }

    private static boolean dealsTokensOut(Block block) {
        return block.operators().stream().anyMatch(Operator.Dispatch.class::isInstance);
    }

    /// Whether expert parallelism changes what it costs.
    boolean hasExperts(int kind) {
        return kindsWithExperts.get(kind);
    }

    boolean clockHasExperts(int clock) {
        return clocksWithExperts.get(clock);
    }

    int count() {
        return layers.size();
    }

    TrainedLayer layer(int kind) {
        return layers.get(kind);
    }

    /// How many different times there are, at most as many as kinds.
    int clocks() {
        return runs.size();
    }

    BlockRun run(int clock) {
        return runs.get(clock);
    }

    int clockOf(int kind) {
        return clockOfKind.get(kind);
    }
}
