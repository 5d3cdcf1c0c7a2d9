package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.attention.HeadSizes;
import dev.plimsoll.engine.generation.Buffers.Use;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.List;

/// Latent attention over keys and values of all tokens, expanded at each step from what is kept of them.
final class ExpandedAttention {
    private final Machine machine;
    private final CachedAttention attentions;
    private final OperatorRun operators;
    private final Weights weights;
    private final Precision precision;

    ExpandedAttention(
            Machine machine, CachedAttention attentions, OperatorRun operators, Weights weights, Precision precision) {
        this.machine = machine;
        this.attentions = attentions;
        this.operators = operators;
        this.weights = weights;
        this.precision = precision;
    }

    /// @param block where the attention stands
    void run(AttentionStep step, InferenceProgram.Step block) {
        for (int sequence = 0; sequence < step.batch().feeds().size(); sequence++) {
            LayerCache cache = step.cache(sequence);
            int fresh = step.batch().count(sequence);
            int first = step.firstSeen(sequence);
            int keys = cache.gathered(first, fresh);
            float[] left =
                    attentions.buffers().array(Use.KEY, keys * cache.shape().width(0));
            float[] right =
                    attentions.buffers().array(Use.VALUE, keys * cache.shape().width(1));
            List<float[]> kept = List.of(left, right);
            int[] keyAt = cache.step(first, attentions.fresh(step, sequence), fresh, kept, attentions.cacheWork());
            try (StepValues values = new StepValues(block, weights, machine.memory(), precision, keyAt)) {
                expand(step.expansion(), cache.shape().values(), kept, values);
                operators.log().at(step.attention());
                attend(step, sequence, keyAt, values);
            }
        }
    }

    private void expand(Expansion expansion, List<Value> parts, List<float[]> kept, StepValues values) {
        for (int part = 0; part < parts.size(); part++) {
            Tensor tensor = values.allocate(parts.get(part));
            tensor.store(0, kept.get(part), 0, tensor.elements(), attentions.work());
        }
        for (Operator operator : expansion.operators()) {
            operator.writes().forEach(values::allocate);
            operators.log().at(operator);
            operators.forward(operator, values);
        }
    }

    private void attend(AttentionStep step, int sequence, int[] keyAt, StepValues values) {
        Operator.Attention attention = step.attention();
        float[] key = loaded(values.value(attention.key()), Use.KEY);
        float[] value = loaded(values.value(attention.value()), Use.VALUE);
        attentions.attend(step, sequence, HeadSizes.of(attention), keyAt, List.of(key, value));
    }

    private float[] loaded(Tensor tensor, Use use) {
        float[] wide = attentions.buffers().array(use, tensor.elements());
        tensor.load(0, wide, 0, tensor.elements(), attentions.work());
        return wide;
    }
}
