package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.cost.CachedLayers;
import dev.plimsoll.planner.cost.Retention;
import dev.plimsoll.planner.result.Tally;
import java.util.List;

/// Layers each of which has pages of its own.
///
/// A window holds its tokens and those of one step, since the step is written before the oldest are let go.
///
/// @param pageTokens tokens of a page
/// @param stepTokens tokens of one step
record LayerPages(List<CachedLayers> layers, long pageTokens, long stepTokens) implements CachePool {
    LayerPages {
        layers = List.copyOf(layers);
    }

    @Override
    public void count(long tokens, long sequences, Tally tally) {
        for (CachedLayers each : layers) {
            long paged = Math.ceilDiv(kept(each, tokens), pageTokens) * pageTokens;
            each.count(paged, sequences, tally.group(each.block() + ", " + each.what()));
        }
    }

    @Override
    public void countToken(Tally tally) {
        for (CachedLayers each : layers) {
            if (each.grows()) {
                each.count(1, 1, tally);
            }
        }
    }

    private long kept(CachedLayers each, long tokens) {
        return each.retention() instanceof Retention.AtMost(long size)
                ? Math.min(tokens, size + stepTokens)
                : each.kept(tokens);
    }
}
