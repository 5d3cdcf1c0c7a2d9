package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;

/// Slots in pages taken from a pool as they are needed, found through a table of page numbers.
final class PagedStore implements EntryStore {
    private final PagePool pool;
    /// The page of the first `pageTokens` slots, of the next, and so on.
    private final List<Integer> table = new ArrayList<>();

    PagedStore(PagePool pool) {
        this.pool = pool;
    }

    @Override
    public void reserve(int slots) {
        while ((long) table.size() * pool.pageTokens() < slots) {
            table.add(pool.take());
        }
    }

    @Override
    public void store(int slot, int part, float[] values, int offset, Work work) {
        int width = pool.shape().width(part);
        pool.part(page(slot), part).store(row(slot) * width, values, offset, width, work);
    }

    @Override
    public void load(int slot, int part, float[] to, int offset, Work work) {
        int width = pool.shape().width(part);
        pool.part(page(slot), part).load(row(slot) * width, to, offset, width, work);
    }

    @Override
    public Bytes allocated() {
        return pool.pageBytes().times(table.size());
    }

    @Override
    public void release() {
        table.forEach(pool::giveBack);
        table.clear();
    }

    private int page(int slot) {
        return table.get(slot / pool.pageTokens());
    }

    private int row(int slot) {
        return slot % pool.pageTokens();
    }
}
