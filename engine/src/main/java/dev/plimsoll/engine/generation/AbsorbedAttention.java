package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.attention.HeadSizes;
import dev.plimsoll.engine.attention.Operands;
import dev.plimsoll.engine.generation.Buffers.Use;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import java.util.List;

/// Latent attention in the space of its latent: what `a` heads would look at after expansion, they look at before it.
///
/// With `c` a token's latent of rank `l`, its key is `(U c, rotated)` and its value `W c`. A query `(q, p)` scores
/// `q · U c + p · rotated = (U^T q) · c + p · rotated`: its plain part is mapped once, `n l` multiply-adds a head, where a
/// key's expansion would take as many. The sum of values is `W` times the sum of latents: `w l` a head. In between all
/// heads look at the same rows of `l` and `r` elements: `2 l + r` for each pair that is seen. Source: DeepSeek-V2 (2024),
/// section 2.1.2.
final class AbsorbedAttention {
    private final Machine machine;
    private final CachedAttention attentions;
    private final FeedLog log;

    AbsorbedAttention(Machine machine, CachedAttention attentions, FeedLog log) {
        this.machine = machine;
        this.attentions = attentions;
        this.log = log;
    }

    /// The sizes of one attention.
    ///
    /// @param plain `n`, elements of a query that are not rotated
    /// @param rotated `r`
    /// @param latent `l`
    /// @param value `w`
    private record Sizes(int heads, int plain, int rotated, int latent, int value) {
        static Sizes of(Expansion expansion) {
            HeadSizes heads = HeadSizes.of(expansion.attention());
            int plain = (int) expansion.keyMap().outputs().trailing(1).fixedElements();
            int latent = (int) expansion.latent().shape().size(Axis.LATENT);
            return new Sizes(heads.queryHeads(), plain, heads.headSize() - plain, latent, heads.valueSize());
        }

        int whole() {
            return latent + rotated;
        }

        HeadSizes inLatentSpace() {
            return new HeadSizes(heads, 1, whole(), latent);
        }
    }

    void run(AttentionStep step) {
        Sizes sizes = Sizes.of(step.expansion());
        int tokens = step.batch().tokens();
        log.at(step.expansion().keyMap());
        float[] query = absorb(step, sizes);
        log.at(step.attention());
        float[] sums = attentions.buffers().array(Use.LATENT_OUTPUT, tokens * sizes.heads() * sizes.latent());
        for (int sequence = 0; sequence < step.batch().feeds().size(); sequence++) {
            attend(step, sequence, sizes, query, sums);
        }
        log.at(step.expansion().valueMap());
        expand(step, sizes, sums);
    }

    /// Queries `[n, a, l + r]`, the plain part times the map to keys.
    private float[] absorb(AttentionStep step, Sizes sizes) {
        int tokens = step.batch().tokens();
        int width = sizes.plain() + sizes.rotated();
        float[] query = widened(step.operands().value(step.attention().query()), Use.QUERY);
        float[] map =
                widened(step.operands().parameter(step.expansion().keyMap().weight()), Use.KEY_MAP);
        float[] whole = attentions.buffers().array(Use.WHOLE_QUERY, tokens * sizes.heads() * sizes.whole());
        for (int head = 0; head < sizes.heads(); head++) {
            Matrix plain = new Matrix(query, head * width, tokens, sizes.plain(), sizes.heads() * width, 1);
            Matrix up = Matrix.of(map, head * sizes.plain() * sizes.latent(), sizes.plain(), sizes.latent());
            int stride = sizes.heads() * sizes.whole();
            Matrix target = new Matrix(whole, head * sizes.whole(), tokens, sizes.latent(), stride, 1);
            machine.products().multiply(plain, up, target, Update.ASSIGN);
        }
        for (int row = 0; row < tokens * sizes.heads(); row++) {
            int from = row * width + sizes.plain();
            System.arraycopy(query, from, whole, row * sizes.whole() + sizes.latent(), sizes.rotated());
        }
        return whole;
    }

    /// One sequence's sums of latents, `[n, a, l]`, to its rows of `sums`.
    private void attend(AttentionStep step, int sequence, Sizes sizes, float[] query, float[] sums) {
        Buffers buffers = attentions.buffers();
        LayerCache cache = step.cache(sequence);
        int fresh = step.batch().count(sequence);
        int first = step.firstSeen(sequence);
        int keys = cache.gathered(first, fresh);
        float[] latent = buffers.array(Use.VALUE, keys * sizes.latent());
        float[] rotated = buffers.array(Use.KEY, keys * sizes.rotated());
        int[] keyAt = cache.step(
                first, attentions.fresh(step, sequence), fresh, List.of(latent, rotated), attentions.cacheWork());
        float[] whole = buffers.array(Use.WHOLE_KEY, keys * sizes.whole());
        for (int key = 0; key < keys; key++) {
            int at = key * sizes.whole();
            System.arraycopy(latent, key * sizes.latent(), whole, at, sizes.latent());
            System.arraycopy(rotated, key * sizes.rotated(), whole, at + sizes.latent(), sizes.rotated());
        }
        int width = sizes.heads() * sizes.whole();
        float[] own = buffers.array(Use.FRESH_KEY, fresh * width);
        System.arraycopy(query, step.batch().start(sequence) * width, own, 0, fresh * width);
        int sumWidth = sizes.heads() * sizes.latent();
        float[] output = buffers.array(Use.OUTPUT, fresh * sumWidth);
        Operands operands = new Operands(own, whole, latent, attentions.sinks(step));
        attentions.core(step, sequence, sizes.inLatentSpace(), keyAt, operands, output);
        System.arraycopy(output, 0, sums, step.batch().start(sequence) * sumWidth, fresh * sumWidth);
    }

    /// Outputs `[n, a, w]`, the map to values times the sums of latents.
    private void expand(AttentionStep step, Sizes sizes, float[] sums) {
        int tokens = step.batch().tokens();
        float[] map =
                widened(step.operands().parameter(step.expansion().valueMap().weight()), Use.VALUE_MAP);
        int width = sizes.heads() * sizes.value();
        float[] output = attentions.buffers().array(Use.OUTPUT, tokens * width);
        for (int head = 0; head < sizes.heads(); head++) {
            int stride = sizes.heads() * sizes.latent();
            Matrix sum = new Matrix(sums, head * sizes.latent(), tokens, sizes.latent(), stride, 1);
            Matrix up = Matrix.of(map, head * sizes.value() * sizes.latent(), sizes.value(), sizes.latent());
            Matrix target = new Matrix(output, head * sizes.value(), tokens, sizes.value(), width, 1);
            machine.products().multiply(sum, up.transposed(), target, Update.ASSIGN);
        }
        Operator.Attention attention = step.attention();
        step.operands().value(attention.output()).store(0, output, 0, tokens * width, attentions.work());
    }

    /// All elements in f32.
    private float[] widened(Tensor tensor, Use use) {
        if (tensor.dataType().equals(DataType.F32)) {
            attentions.work().read(tensor.bytes().count());
            return tensor.floats();
        }
        float[] wide = attentions.buffers().array(use, tensor.elements());
        tensor.load(0, wide, 0, tensor.elements(), attentions.work());
        return wide;
    }
}
