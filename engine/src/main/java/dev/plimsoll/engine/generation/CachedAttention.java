package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.attention.AttentionCore;
import dev.plimsoll.engine.attention.AttentionSizes;
import dev.plimsoll.engine.attention.AttentionTask;
import dev.plimsoll.engine.attention.Findings;
import dev.plimsoll.engine.attention.HeadSizes;
import dev.plimsoll.engine.attention.Operands;
import dev.plimsoll.engine.attention.VisibleKeys;
import dev.plimsoll.engine.generation.Buffers.Use;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.ForwardOperands;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.List;

/// The attention core of each sequence of a row of new tokens, over what its cache keeps and the new tokens themselves.
///
/// New keys and values go through the cache too, so that a token is looked at as it is held, whether it came with the
/// query or before it.
final class CachedAttention {
    private final Machine machine;
    private final GenerationOptions options;
    private final AttentionCore core;
    private final Buffers buffers;
    /// Reads and writes of caches alone.
    private final Work cacheWork = Work.counting();

    CachedAttention(Machine machine, GenerationOptions options) {
        this.machine = machine;
        this.options = options;
        this.core = new AttentionCore(machine.kernels(), machine.workers(), machine.meter());
        this.buffers = new Buffers(machine.memory());
    }

    Buffers buffers() {
        return buffers;
    }

    Work cacheWork() {
        return cacheWork;
    }

    /// Where this thread counts.
    Work work() {
        return machine.meter().worker(0);
    }

    /// With keys and values of the new tokens expanded, and kept as they are.
    void run(AttentionStep step) {
        Operator.Attention attention = step.attention();
        HeadSizes heads = HeadSizes.of(attention);
        for (int sequence = 0; sequence < step.batch().feeds().size(); sequence++) {
            int fresh = step.batch().count(sequence);
            LayerCache cache = step.cache(sequence);
            int first = step.firstSeen(sequence);
            int keys = cache.gathered(first, fresh);
            float[] key = buffers.array(Use.KEY, keys * cache.shape().width(0));
            float[] value = buffers.array(Use.VALUE, keys * cache.shape().width(1));
            int[] keyAt = cache.step(first, fresh(step, sequence), fresh, List.of(key, value), cacheWork);
            attend(step, sequence, heads, keyAt, List.of(key, value));
        }
    }

    /// With keys and values of the new tokens expanded, before which there are none, while something else is kept.
    void runFirst(AttentionStep step) {
        Operator.Attention attention = step.attention();
        for (int sequence = 0; sequence < step.batch().feeds().size(); sequence++) {
            step.cache(sequence).append(fresh(step, sequence), step.batch().count(sequence), cacheWork);
            float[] key = rows(step, sequence, attention.key(), Use.KEY);
            float[] value = rows(step, sequence, attention.value(), Use.VALUE);
            int[] texts = step.batch().texts(sequence);
            attend(step, sequence, HeadSizes.of(attention), texts, List.of(key, value));
        }
    }

    /// The rows of one sequence's new entries, for each part.
    List<float[]> fresh(AttentionStep step, int sequence) {
        List<Value> parts = step.cache(sequence).shape().values();
        return List.of(
                rows(step, sequence, parts.get(0), Use.FRESH_KEY), rows(step, sequence, parts.get(1), Use.FRESH_VALUE));
    }

    /// One sequence's rows of a value.
    private float[] rows(AttentionStep step, int sequence, Value value, Use use) {
        Tensor tensor = step.operands().value(value);
        int width = tensor.elements() / step.batch().tokens();
        int elements = step.batch().count(sequence) * width;
        float[] rows = buffers.array(use, elements);
        tensor.load(step.batch().start(sequence) * width, rows, 0, elements, work());
        return rows;
    }

    /// Of one sequence's new tokens: reads their queries, and writes their outputs.
    ///
    /// @param keyAt the text index of each key
    /// @param keyAndValue `[t, k, d]` and `[t, k, w]`
    void attend(AttentionStep step, int sequence, HeadSizes heads, int[] keyAt, List<float[]> keyAndValue) {
        float[] query = rows(step, sequence, step.attention().query(), Use.QUERY);
        int width = heads.queryHeads() * heads.valueSize();
        int count = step.batch().count(sequence);
        float[] output = buffers.array(Use.OUTPUT, count * width);
        core(
                step,
                sequence,
                heads,
                keyAt,
                new Operands(query, keyAndValue.get(0), keyAndValue.get(1), sinks(step)),
                output);
        step.operands()
                .value(step.attention().output())
                .store(step.batch().start(sequence) * width, output, 0, count * width, work());
    }

    /// @param output `[n, a, w]`, overwritten
    void core(AttentionStep step, int sequence, HeadSizes heads, int[] keyAt, Operands operands, float[] output) {
        Operator.Attention attention = step.attention();
        int[] queryAt = step.batch().texts(sequence);
        VisibleKeys visible = options.seams().keys().select(attention.mask(), queryAt, keyAt);
        AttentionSizes sizes = new AttentionSizes(1, queryAt.length, keyAt.length, heads);
        AttentionTask task = AttentionTask.of(attention, sizes, visible, options.attention(), Dropout.NONE);
        core.forward(task, operands, output, Findings.NONE);
    }

    float[] sinks(AttentionStep step) {
        ForwardOperands operands = step.operands();
        return step.attention()
                .scores()
                .sinks()
                .map(operands::parameter)
                .map(tensor -> {
                    float[] sinks = new float[tensor.elements()];
                    tensor.load(0, sinks, 0, sinks.length, work());
                    return sinks;
                })
                .orElseGet(() -> new float[0]);
    }
}
