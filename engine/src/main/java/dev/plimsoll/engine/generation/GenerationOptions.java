package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.generation.CachePolicy.OutOfSight;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Precision;

/// How text is continued: the same tokens but for roundings, other bytes and other work.
///
/// @param precision of values and of the cache
/// @param attention how the attention core is run
/// @param outOfSight what becomes of tokens that no later one looks at
public record GenerationOptions(
        Precision precision,
        AttentionKernel attention,
        CacheLayout layout,
        OutOfSight outOfSight,
        LatentUse latents,
        Seams seams) {
    /// Where other methods than full attention come in.
    public record Seams(PositionPolicy positions, KeySelector keys) {
        /// Each token at its text index, each query looking at all that its mask leaves.
        public static final Seams FULL_ATTENTION = new Seams(PositionPolicy.TEXT_INDEX, KeySelector.ALL);
    }

    /// Windows let go of what they no longer see, latents are absorbed.
    public static GenerationOptions of(Precision precision, CacheLayout layout) {
        return new GenerationOptions(
                precision,
                new AttentionKernel.Materialised(),
                layout,
                OutOfSight.LET_GO,
                LatentUse.ABSORBED,
                Seams.FULL_ATTENTION);
    }

    public GenerationOptions withAttention(AttentionKernel other) {
        return new GenerationOptions(precision, other, layout, outOfSight, latents, seams);
    }

    public GenerationOptions withOutOfSight(OutOfSight other) {
        return new GenerationOptions(precision, attention, layout, other, latents, seams);
    }

    public GenerationOptions withLatents(LatentUse other) {
        return new GenerationOptions(precision, attention, layout, outOfSight, other, seams);
    }

    public GenerationOptions withSeams(Seams other) {
        return new GenerationOptions(precision, attention, layout, outOfSight, latents, other);
    }
}
