package dev.plimsoll.engine.generation;

import dev.plimsoll.model.units.Bytes;

/// What one layer carries of one sequence from one token to the next: cached entries, or a recurrence's state.
public interface MemoryState {
    /// Bytes of what is carried.
    Bytes needed();

    /// Bytes that are allocated for it: the same, or whole pages, or room for what is to come.
    Bytes allocated();

    /// Gives all of it back; nothing can be done with it afterwards.
    void release();
}
