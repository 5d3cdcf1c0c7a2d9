package dev.plimsoll.engine.training;

import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.Kept;
import java.util.List;
import java.util.stream.Stream;

/// A block's backward pass in the order in which it is run, a part of which may be put off.
///
/// @param kept what outlives the forward pass
/// @param now what the backward pass runs
/// @param later what is run in a pass of its own, for the weights
record WayBack(List<Kept> kept, List<BackwardStep> now, List<BackwardStep> later) {
    WayBack {
        kept = List.copyOf(kept);
        now = List.copyOf(now);
        later = List.copyOf(later);
    }

    static WayBack atOnce(BlockBackward backward) {
        return new WayBack(backward.kept(), backward.steps(), List.of());
    }

    /// All steps in order.
    List<BackwardStep> steps() {
        return Stream.concat(now.stream(), later.stream()).toList();
    }
}
