package dev.plimsoll.planner.serving;

import dev.plimsoll.model.shape.DataType;
import java.util.OptionalLong;

/// How the cache is to be held.
///
/// @param name of the type, as engines call it
/// @param stateType of recurrent states
/// @param pageTokens tokens of a page; empty for the engine's own
public record CacheRequest(String name, DataType type, DataType stateType, OptionalLong pageTokens) {
    public CacheRequest withType(String otherName, DataType other) {
        return new CacheRequest(otherName, other, stateType, pageTokens);
    }
}
