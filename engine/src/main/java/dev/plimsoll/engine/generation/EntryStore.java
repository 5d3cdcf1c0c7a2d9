package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.units.Bytes;

/// Slots for entries.
interface EntryStore {
    /// Makes room for slots 0 to `slots - 1`.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when there is none
    void reserve(int slots);

    /// Rounds one row into its slot.
    void store(int slot, int part, float[] values, int offset, Work work);

    /// Widens one row from its slot.
    void load(int slot, int part, float[] to, int offset, Work work);

    Bytes allocated();

    void release();
}
