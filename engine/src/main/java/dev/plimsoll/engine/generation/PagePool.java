package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Numbered pages of equally many entries of one layer, for all sequences; a page is allocated while somebody has it.
///
/// Source: Kwon et al. 2023 (PagedAttention), section 4.2.
final class PagePool {
    private final Memory memory;
    private final String name;
    private final EntryShape shape;
    private final int pageTokens;
    /// By page number; of a free page those that it had last.
    private final List<List<Tensor>> pages = new ArrayList<>();

    private final Deque<Integer> free = new ArrayDeque<>();

    PagePool(Memory memory, String name, EntryShape shape, int pageTokens) {
        this.memory = memory;
        this.name = name;
        this.shape = shape;
        this.pageTokens = pageTokens;
    }

    int pageTokens() {
        return pageTokens;
    }

    EntryShape shape() {
        return shape;
    }

    Bytes pageBytes() {
        return new Bytes(pageTokens * shape.bytes());
    }

    /// Pages that somebody has.
    int taken() {
        return pages.size() - free.size();
    }

    /// The number of a page that nobody else has.
    int take() {
        List<Tensor> page = new ArrayList<>();
        for (int part = 0; part < shape.parts(); part++) {
            page.add(memory.allocate(
                    name + " page of " + shape.values().get(part).name(),
                    List.of(pageTokens, shape.width(part)),
                    shape.dataType(),
                    Category.KEY_VALUE_CACHE));
        }
        if (free.isEmpty()) {
            pages.add(page);
            return pages.size() - 1;
        }
        int number = free.pop();
        pages.set(number, page);
        return number;
    }

    /// @throws IllegalStateException when nobody has it
    void giveBack(int number) {
        pages.get(number).forEach(memory::release);
        free.push(number);
    }

    Tensor part(int number, int part) {
        return pages.get(number).get(part);
    }
}
