package dev.plimsoll.verification;

import dev.plimsoll.engine.generation.CacheLayout;
import dev.plimsoll.engine.generation.CachePolicy.OutOfSight;
import dev.plimsoll.engine.generation.GenerationOptions;
import dev.plimsoll.engine.generation.LatentUse;
import dev.plimsoll.engine.generation.SegmentPlan;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.planner.cost.LatentCache;
import java.util.List;
import java.util.OptionalInt;

/// A way to continue texts, in words and in full.
///
/// @param words for the answer
/// @param pieceTokens prompts are fed in pieces of so many tokens; empty for whole ones
/// @param pageTokens the cache lies in pages of so many tokens; empty for one piece with room for the longest text
/// @param latents what latent attention keeps; compressed only where prompts are fed whole, since the planner counts
///     pieces over what was expanded
public record InferencePlan(
        String words,
        Precision precision,
        AttentionKernel attention,
        OptionalInt pieceTokens,
        OptionalInt pageTokens,
        OutOfSight outOfSight,
        LatentCache latents) {
    private static final InferencePlan WHOLE = new InferencePlan(
            "prefill, decode, contiguous cache",
            Precision.FULL,
            new AttentionKernel.Materialised(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OutOfSight.LET_GO,
            LatentCache.COMPRESSED);

    private static final InferencePlan PIECES = new InferencePlan(
            "prefill in pieces, decode, pages",
            Precision.MIXED_16,
            new AttentionKernel.Tiled(4, 6),
            OptionalInt.of(3),
            OptionalInt.of(4),
            OutOfSight.LET_GO,
            LatentCache.EXPANDED);

    private static final InferencePlan PAGES = new InferencePlan(
            "prefill, decode, all tokens kept",
            Precision.MIXED_16,
            new AttentionKernel.Materialised(),
            OptionalInt.empty(),
            OptionalInt.of(3),
            OutOfSight.KEPT,
            LatentCache.COMPRESSED);

    public InferencePlan {
        if (pieceTokens.isPresent() && latents == LatentCache.COMPRESSED) {
            throw new IllegalArgumentException("prompts in pieces over compressed latents are not predicted");
        }
    }

    /// Whole prompts and pieces, one piece of cache and pages, windows that let go and that do not, latents compressed
    /// and expanded.
    static List<InferencePlan> all() {
        return List.of(WHOLE, PIECES, PAGES);
    }

    /// @param capacity tokens of the longest text
    GenerationOptions options(int capacity) {
        CacheLayout layout = pageTokens.isPresent()
                ? new CacheLayout.Paged(pageTokens.getAsInt())
                : new CacheLayout.Contiguous(capacity);
        return GenerationOptions.of(precision, layout)
                .withAttention(attention)
                .withOutOfSight(outOfSight)
                .withLatents(
                        switch (latents) {
                            case COMPRESSED -> LatentUse.ABSORBED;
                            case EXPANDED -> LatentUse.KEPT_EXPANDED;
                        });
    }

    SegmentPlan segments() {
        return pieceTokens.isPresent() ? SegmentPlan.chunks(pieceTokens.getAsInt()) : SegmentPlan.WHOLE;
    }
}
