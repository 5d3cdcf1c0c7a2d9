package dev.plimsoll.planner.cost;

import dev.plimsoll.model.shape.DataType;

/// How a cache is held.
///
/// @param dataType of keys, values, latents and indexer keys; a block type pads each token's row
/// @param stateType of recurrent states and of what convolutions keep
/// @param pageTokens tokens are held in whole pages of so many, at least 1
/// @param latentCache what latent attention keeps
public record CacheFormat(DataType dataType, DataType stateType, long pageTokens, LatentCache latentCache) {
    public CacheFormat {
        if (pageTokens < 1) {
            throw new IllegalArgumentException("a page holds at least 1 token, not " + pageTokens);
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
