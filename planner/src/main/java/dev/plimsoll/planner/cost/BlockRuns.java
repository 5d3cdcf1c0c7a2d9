package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import java.util.ArrayList;
import java.util.List;

/// Every block of a part once, with how many layers run it: a count visits it once, however the layers alternate.
///
/// Blocks are compared by identity, since they are interned when the model is built.
///
/// @param number its place among all, by which two are told apart
record BlockRuns(int number, Part part, Block block, long layers) {
    /// In the order of the first layer of each.
    // Equality would compare whole programs, operator by operator.
    @SuppressWarnings("ReferenceEquality")
    static List<BlockRuns> of(Transformer model) {
        List<BlockRuns> all = new ArrayList<>();
        for (Part part : model.parts()) {
            int first = all.size();
            for (LayerRun run : part.runs()) {
                int at = first;
                while (at < all.size() && all.get(at).block != run.block()) {
                    at++;
                }
                if (at == all.size()) {
                    all.add(new BlockRuns(at, part, run.block(), run.count()));
                } else {
                    all.set(at, new BlockRuns(at, part, run.block(), all.get(at).layers + run.count()));
                }
            }
        }
        return all;
    }

    /// Whether it is in the logical count, which leaves out layers that predict further tokens.
    boolean isLogical() {
        return part.isLogical();
    }
}
