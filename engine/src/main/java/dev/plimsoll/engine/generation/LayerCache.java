package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.units.Bytes;
import java.util.Arrays;
import java.util.List;

/// The entries that one attention layer keeps of one sequence, each with its text index.
final class LayerCache implements MemoryState {
    private final CachePolicy policy;
    private final EntryShape shape;
    private final EntryStore store;
    /// The text index of the entry in each slot.
    private int[] textAt = new int[0];

    private int seen;

    LayerCache(CachePolicy policy, EntryShape shape, EntryStore store) {
        this.policy = policy;
        this.shape = shape;
        this.store = store;
    }

    EntryShape shape() {
        return shape;
    }

    /// Tokens that have been appended so far, those let go since among them.
    int seen() {
        return seen;
    }

    /// Makes room for so many more tokens.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when there is none
    void reserve(int fresh) {
        int slots = policy.slots(Math.addExact(seen, fresh));
        store.reserve(slots);
        if (slots > textAt.length) {
            textAt = Arrays.copyOf(textAt, Math.max(slots, 2 * textAt.length));
        }
    }

    /// How many entries [#step] will gather.
    ///
    /// @param first the text index of the first token that is looked at
    int gathered(int first, int fresh) {
        int count = fresh;
        for (TextRun run : policy.held(seen)) {
            count += Math.max(0, run.to() - Math.max(first, run.from()));
        }
        return count;
    }

    /// Gathers what was kept, then appends new entries and gathers them too, as they are held.
    ///
    /// Each entry is read once; older ones than `first` are not. A ring may let go of an entry that was gathered. There
    /// must be room.
    ///
    /// @param first the text index of the first token that is looked at
    /// @param fresh rows of the new entries, for each part `[n, width]`
    /// @param count `n`
    /// @param gathered for each part `[t, width]`, overwritten, in the order of the text
    /// @return the text index of each entry that was gathered
    int[] step(int first, List<float[]> fresh, int count, List<float[]> gathered, Work work) {
        int[] at = new int[gathered(first, count)];
        int next = 0;
        for (TextRun run : policy.held(seen)) {
            for (int text = Math.max(first, run.from()); text < run.to(); text++) {
                at[next] = load(policy.slot(text), next, gathered, work);
                next++;
            }
        }
        for (int token = 0; token < count; token++) {
            int slot = appendOne(fresh, token, work);
            at[next] = load(slot, next, gathered, work);
            next++;
        }
        return at;
    }

    /// Appends new entries and gathers none.
    void append(List<float[]> fresh, int count, Work work) {
        for (int token = 0; token < count; token++) {
            appendOne(fresh, token, work);
        }
    }

    private int load(int slot, int row, List<float[]> gathered, Work work) {
        for (int part = 0; part < shape.parts(); part++) {
            store.load(slot, part, gathered.get(part), row * shape.width(part), work);
        }
        return textAt[slot];
    }

    private int appendOne(List<float[]> fresh, int token, Work work) {
        int slot = policy.slot(seen);
        for (int part = 0; part < shape.parts(); part++) {
            store.store(slot, part, fresh.get(part), token * shape.width(part), work);
        }
        textAt[slot] = seen;
        seen++;
        return slot;
    }

    @Override
    public Bytes needed() {
        return new Bytes(policy.slots(seen) * shape.bytes());
    }

    @Override
    public Bytes allocated() {
        return store.allocated();
    }

    @Override
    public void release() {
        store.release();
    }
}
