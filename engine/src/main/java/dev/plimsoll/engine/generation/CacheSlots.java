package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.tensor.Memory;
import java.util.function.Supplier;

/// Where the sequences' entries of one attention layer go.
///
/// @param stores a new store for each sequence
record CacheSlots(CachePolicy policy, EntryShape shape, Supplier<EntryStore> stores) {
    static CacheSlots of(String label, Expansion expansion, GenerationOptions options, Memory memory) {
        CachePolicy policy = CachePolicy.of(expansion.attention().mask(), options.outOfSight());
        EntryShape shape = new EntryShape(
                expansion.kept(options.latents()), options.precision().keyValueCache());
        Supplier<EntryStore> stores = switch (options.layout()) {
            case CacheLayout.Contiguous(int capacity) ->
                () -> new ContiguousStore(memory, label, shape, policy.slots(capacity));
            case CacheLayout.Paged(int pageTokens) -> {
                PagePool pool = new PagePool(memory, label, shape, pageTokens);
                yield () -> new PagedStore(pool);
            }
        };
        return new CacheSlots(policy, shape, stores);
    }

    LayerCache start() {
        return new LayerCache(policy, shape, stores.get());
    }
}
