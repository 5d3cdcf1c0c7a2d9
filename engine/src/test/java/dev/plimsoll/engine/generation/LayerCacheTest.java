package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.generation.CachePolicy.OutOfSight;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LayerCacheTest {
    private static final EntryShape BF16 = shape(DataType.BF16);
    private static final EntryShape F32 = shape(DataType.F32);

    private final Memory memory = new Memory(new Bytes(1 << 20), AfterRelease.POISON);

    /// A key row of two heads of three and a value row of two heads of one.
    private static EntryShape shape(DataType dataType) {
        Shape tokens = Shape.open(Axis.BATCH, Axis.SEQUENCE);
        Value key = Value.activation("key", tokens.then(Shape.of(Axis.KEY_VALUE_HEADS, 2, Axis.HEAD_SIZE, 3)));
        Value value = Value.activation("value", tokens.then(Shape.of(Axis.KEY_VALUE_HEADS, 2, Axis.VALUE_SIZE, 1)));
        return new EntryShape(List.of(key, value), dataType);
    }

    @Test
    void entriesComeBackInTheOrderOfTheTextAsTheyAreHeld() {
        LayerCache cache = new LayerCache(new CachePolicy.Everything(), BF16, new ContiguousStore(memory, "", BF16, 4));
        assertThat(step(cache, 0, 1, 2).at()).containsExactly(0, 1);
        Gathered all = step(cache, 0, 3.001f);
        assertThat(all.at()).containsExactly(0, 1, 2);
        // 3.001 lies between the bf16 numbers 3 and 3.015625.
        assertThat(all.keys()).isEqualTo(list(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3));
        assertThat(all.values()).isEqualTo(list(-1, -1, -2, -2, -3, -3));
    }

    @Test
    void aRingKeepsTheLastAndGathersWhatTheNewestStillSee() {
        CachePolicy policy = CachePolicy.of(new AttentionMask.SlidingWindow(3), OutOfSight.LET_GO);
        LayerCache cache = new LayerCache(policy, F32, new ContiguousStore(memory, "", F32, 3));
        step(cache, 0, 0, 1, 2, 3);
        assertThat(cache.needed()).isEqualTo(new Bytes(3 * (6 + 2) * 4));
        // Token 4 sees 2, 3 and itself; its entry takes the slot of token 1, and that of 5 the slot of token 2.
        assertThat(step(cache, 2, 4, 5).at()).containsExactly(2, 3, 4, 5);
        assertThat(step(cache, 4, 6).at()).containsExactly(4, 5, 6);
    }

    @Test
    void aWindowThatIsKeptWholeIsReadOnlyWhereItIsSeen() {
        CachePolicy policy = CachePolicy.of(new AttentionMask.SlidingWindow(2), OutOfSight.KEPT);
        LayerCache cache = new LayerCache(policy, F32, new ContiguousStore(memory, "", F32, 9));
        step(cache, 0, 0, 1, 2, 3);
        Work work = Work.counting();
        assertThat(step(cache, 3, work, 4).at()).containsExactly(3, 4);
        assertThat(work.counts().bytesRead()).isEqualTo(2 * 32);
        assertThat(work.counts().bytesWritten()).isEqualTo(32);
        assertThat(cache.needed()).isEqualTo(new Bytes(5 * 32));
    }

    @Test
    void pagesAreAllocatedAsTheTextGrowsAndGivenBack() {
        PagePool pool = new PagePool(memory, "", BF16, 4);
        LayerCache first = new LayerCache(new CachePolicy.Everything(), BF16, new PagedStore(pool));
        LayerCache second = new LayerCache(new CachePolicy.Everything(), BF16, new PagedStore(pool));
        step(first, 0, 0, 1, 2, 3);
        assertThat(first.allocated()).isEqualTo(new Bytes(4 * 16));
        step(second, 0, 7);
        step(first, 0, 4);
        assertThat(first.needed()).isEqualTo(new Bytes(5 * 16));
        assertThat(first.allocated()).isEqualTo(new Bytes(2 * 4 * 16));
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(new Bytes(3 * 4 * 16));
        assertThat(step(first, 0, 5).keys())
                .startsWith(0f, 0f, 0f, 0f, 0f, 0f, 1f)
                .endsWith(4f, 5f, 5f, 5f, 5f, 5f, 5f);
        first.release();
        assertThat(pool.taken()).isEqualTo(1);
        second.release();
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void aPageHasOneOwnerAtATime() {
        PagePool pool = new PagePool(memory, "", F32, 2);
        Random random = new Random(3);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            if (taken.isEmpty() || (random.nextBoolean() && taken.size() < 20)) {
                int page = pool.take();
                assertThat(taken).doesNotContain(page);
                taken.add(page);
            } else {
                pool.giveBack(random.nextBoolean() ? taken.removeFirst() : taken.removeLast());
            }
            assertThat(pool.taken()).isEqualTo(taken.size());
            assertThat(memory.held(Category.KEY_VALUE_CACHE))
                    .isEqualTo(pool.pageBytes().times(taken.size()));
        }
    }

    @Test
    void paddedPagesOfARingHoldItsWindow() {
        PagePool pool = new PagePool(memory, "", F32, 4);
        LayerCache cache = new LayerCache(new CachePolicy.Last(6), F32, new PagedStore(pool));
        for (int token = 0; token < 20; token++) {
            step(cache, 0, token);
        }
        assertThat(cache.needed()).isEqualTo(new Bytes(6 * 32));
        assertThat(cache.allocated()).isEqualTo(new Bytes(8 * 32));
        assertThat(step(cache, 15, 20).at()).containsExactly(15, 16, 17, 18, 19, 20);
    }

    @Test
    void moreThanThereIsRoomForIsRefused() {
        LayerCache cache = new LayerCache(new CachePolicy.Everything(), F32, new ContiguousStore(memory, "", F32, 2));
        step(cache, 0, 0, 1);
        assertThatThrownBy(() -> step(cache, 0, 2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("found a need for 3 tokens of one sequence, expected at most 2");
    }

    private record Gathered(List<Integer> at, List<Float> keys, List<Float> values) {}

    private static Gathered step(LayerCache cache, int first, float... tokens) {
        return step(cache, first, Work.ignored(), tokens);
    }

    /// Appends an entry for each number: keys full of it, and values of its negative.
    private static Gathered step(LayerCache cache, int first, Work work, float... tokens) {
        float[] keys = new float[tokens.length * 6];
        float[] values = new float[tokens.length * 2];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = tokens[i / 6];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = -tokens[i / 2];
        }
        cache.reserve(tokens.length);
        int count = cache.gathered(first, tokens.length);
        List<float[]> to = List.of(new float[count * 6], new float[count * 2]);
        int[] at = cache.step(first, List.of(keys, values), tokens.length, to, work);
        List<Integer> texts = new ArrayList<>();
        for (int text : at) {
            texts.add(text);
        }
        return new Gathered(texts, list(to.get(0)), list(to.get(1)));
    }

    private static List<Float> list(float... values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }
}
