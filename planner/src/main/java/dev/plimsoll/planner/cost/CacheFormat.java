package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;

/// How a cache is held.
///
/// @param dataType of keys, values, latents and indexer keys; a block type pads each token's row
/// @param stateType of recurrent states and of what convolutions keep
/// @param pageTokens tokens are held in whole pages of so many
/// @param latentCache what latent attention keeps
public record CacheFormat(DataType dataType, DataType stateType, long pageTokens, LatentCache latentCache) {
    private static final long MOST_PAGE_TOKENS = 1L << 30;

    public CacheFormat {
        if (pageTokens < 1 || pageTokens > MOST_PAGE_TOKENS) {
            throw InputException.usage(
                    "page: found " + pageTokens + " tokens, expected 1 to " + MOST_PAGE_TOKENS,
                    "Ask for pages of, for example, 16 tokens.");
        }
        if (stateType.blockElements() > 1) {
            throw InputException.usage(
                    "state data type: found " + stateType.name() + ", expected a type without blocks",
                    "Choose for example f32 or bf16.");
        }
    }

    /// Pages of one token, states in f32, latents compressed.
    public static CacheFormat of(DataType dataType) {
        return new CacheFormat(dataType, DataType.F32, 1, LatentCache.COMPRESSED);
    }

    public CacheFormat withStateType(DataType other) {
        return new CacheFormat(dataType, other, pageTokens, latentCache);
    }

    public CacheFormat withPages(long tokens) {
        return new CacheFormat(dataType, stateType, tokens, latentCache);
    }

    public CacheFormat withLatentCache(LatentCache other) {
        return new CacheFormat(dataType, stateType, pageTokens, other);
    }
}
