package dev.plimsoll.engine.generation;

import dev.plimsoll.model.units.Bytes;

/// What one feed read and wrote of what outlives it, in the data types that it is held in.
///
/// @param weightsRead of parameters, each once for each operator that reads it; of a table the rows looked up, of
///     experts those that were sent a token; zero where the meter is off
/// @param cacheRead of cached entries, each once: a key/value head once for its whole group
/// @param cacheWritten of new entries
public record Traffic(Bytes weightsRead, Bytes cacheRead, Bytes cacheWritten) {}
