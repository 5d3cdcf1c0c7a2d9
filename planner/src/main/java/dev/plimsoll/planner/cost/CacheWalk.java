package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Finds in each kind of block what is kept for later tokens.
///
/// @param fixed the lengths that the model fixes
record CacheWalk(List<CachedLayers> cached, List<StateLayers> states, OpenAxes fixed) {
    static CacheWalk of(Transformer model, CacheFormat format, OpenAxes axes) {
        CacheWalk walk = new CacheWalk(new ArrayList<>(), new ArrayList<>(), OpenAxes.of(model));
        for (BlockRuns run : BlockRuns.of(model)) {
            if (run.isLogical()) {
                walk.block(run, format, axes);
            }
        }
        return walk;
    }

    private void block(BlockRuns run, CacheFormat format, OpenAxes axes) {
        List<Operator> carried = new ArrayList<>();
        for (Operator operator : run.block().operators()) {
            if (operator instanceof Operator.Attention attention
                    && !attention.cached().isEmpty()) {
                retention(attention, axes).ifPresent(kept -> cached.add(attention(run, attention, kept, format)));
            } else if (operator instanceof Operator.TokenSelection selection) {
                cached.add(new CachedLayers(
                        run.block().name(),
                        "indexer keys",
                        run.layers(),
                        new Retention.Everything(),
                        List.of(selection.key()),
                        format.dataType()));
            } else if (StateLayers.isCarried(operator)) {
                carried.add(operator);
            }
        }
        if (!carried.isEmpty()) {
            states.add(new StateLayers(run.block().name(), run.layers(), carried, format.stateType()));
        }
    }

    private static CachedLayers attention(
            BlockRuns run, Operator.Attention attention, Retention retention, CacheFormat format) {
        boolean latent = Latents.isLatent(attention);
        List<Value> values = latent && format.latentCache() == LatentCache.EXPANDED
                ? List.of(attention.key(), attention.value())
                : attention.cached();
        String what = attention.isCross()
                ? "keys and values of the source"
                : latent && format.latentCache() == LatentCache.COMPRESSED ? "latents" : "keys and values";
        return new CachedLayers(run.block().name(), what, run.layers(), retention, values, format.dataType());
    }

    /// Empty for cross attention over something that is not there.
    private Optional<Retention> retention(Operator.Attention attention, OpenAxes axes) {
        if (attention.isCross()) {
            Axis source = attention.key().shape().dimensions().get(1).axis();
            OptionalLong tokens = axes.size(source);
            if (tokens.isPresent()) {
                return Optional.of(
                        tokens.equals(fixed.size(source))
                                ? new Retention.FixedSource(tokens.getAsLong())
                                : new Retention.Source(tokens.getAsLong()));
            }
            return source == Axis.SOURCE ? Optional.of(new Retention.SourceAsLongAsSequence()) : Optional.empty();
        }
        return Optional.of(
                switch (attention.mask()) {
                    case AttentionMask.Everything(), AttentionMask.Causal(), AttentionMask.Selected _ ->
                        new Retention.Everything();
                    case AttentionMask.SlidingWindow(long size) -> new Retention.AtMost(size);
                    case AttentionMask.Chunked(long size) -> new Retention.AtMost(size);
                    case AttentionMask.Blocks(long size) -> new Retention.AtMost(size);
                });
    }
}
