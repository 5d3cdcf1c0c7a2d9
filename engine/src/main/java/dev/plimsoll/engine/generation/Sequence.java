package dev.plimsoll.engine.generation;

import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;

/// One text, and what each layer carries of it.
public final class Sequence {
    private final List<LayerCache> caches;
    private int tokens;

    Sequence(List<LayerCache> caches) {
        this.caches = List.copyOf(caches);
    }

    /// Tokens that have been fed.
    public int tokens() {
        return tokens;
    }

    /// What each attention layer keeps.
    public List<MemoryState> states() {
        return new ArrayList<>(caches);
    }

    /// Bytes of the entries that are kept.
    public Bytes needed() {
        return states().stream().map(MemoryState::needed).reduce(Bytes.ZERO, Bytes::plus);
    }

    /// Bytes of the slots allocated for them.
    public Bytes allocated() {
        return states().stream().map(MemoryState::allocated).reduce(Bytes.ZERO, Bytes::plus);
    }

    /// Gives back what is kept; the sequence ends.
    public void release() {
        caches.forEach(LayerCache::release);
    }

    /// Makes room for so many more tokens in every layer.
    ///
    /// @throws IllegalStateException when an earlier feed failed half-way
    void reserve(int fresh) {
        for (LayerCache cache : caches) {
            if (cache.seen() != tokens) {
                throw new IllegalStateException("a feed of this sequence failed: begin it anew");
            }
            cache.reserve(fresh);
        }
    }

    LayerCache cache(int attention) {
        return caches.get(attention);
    }

    void grow(int fed) {
        tokens += fed;
    }
}
