package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.memory.SavedTensor.Presence;
import dev.plimsoll.planner.memory.SavedTensor.Rows;
import dev.plimsoll.planner.memory.SavedTensor.Sizes;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The gradients of activations and the gathered inputs that a layer's backward pass holds at once, sublayer by sublayer;
/// the largest counts.
///
/// - Feed-forward network: the gradients of the layer's output, of the network's input and that input gathered, `6h` bytes
///   a token, and the gradients of what its matrix products read and write on a divided axis, `6f / tp` where it is gated.
///   Experts: the same over the rows they were sent, with what is sent and returned.
/// - Attention: the gradients of query, key, value and output, `(4q + 4kv) / tp`, and of the layer's output, `2h`.
///   Where scores are written out, two tensors of all pairs more.
/// - Recurrences: the gradients of what they read and write.
final class WorkingSet {
    private final List<List<SavedTensor>> sets = new ArrayList<>();
    private final int bytes;

    WorkingSet(Block block, TrainingMethod method) {
        this.bytes = method.precision().activations().blockBytes();
        feedForward(block, Role.FEED_FORWARD);
        feedForward(block, Role.SHARED_EXPERT);
        experts(block);
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Attention attention) {
                attention(block.inputs().getFirst(), attention, method);
            } else if (operator.role() == Role.RECURRENCE) {
                Set<Value> values = new LinkedHashSet<>(operator.reads());
                values.addAll(operator.writes());
                sets.add(
                        values.stream().map(value -> tensor(value, Rows.TOKENS)).toList());
            }
        }
    }

    long bytes(LayerSplit split, Sizes sizes) {
        long most = 0;
        for (List<SavedTensor> set : sets) {
            long sum = 0;
            for (SavedTensor tensor : set) {
                sum = Math.addExact(sum, tensor.bytes(split, sizes));
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    private void feedForward(Block block, Role role) {
        Set<Value> divided = new LinkedHashSet<>();
        List<SavedTensor> set = new ArrayList<>();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear && linear.role() == role) {
                for (Value value : List.of(linear.input(), linear.output())) {
                    if (isSplit(value)) {
                        divided.add(value);
                    } else if (set.isEmpty()) {
                        set.addAll(List.of(
                                tensor(value, Rows.GATHERED),
                                tensor(value, Rows.GATHERED),
                                tensor(value, Rows.GATHERED)));
                    }
                }
            }
        }
        divided.forEach(value -> set.add(tensor(value, Rows.GATHERED)));
        sets.add(set);
    }

    private void experts(Block block) {
        Set<Value> sent = new LinkedHashSet<>();
        List<SavedTensor> set = new ArrayList<>();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.GroupedLinear grouped) {
                sent.add(grouped.input());
                sent.add(grouped.output());
            } else if (operator instanceof Operator.Dispatch dispatch) {
                Value tokens = dispatch.input();
                set.addAll(
                        List.of(tensor(tokens, Rows.TOKENS), tensor(tokens, Rows.TOKENS), tensor(tokens, Rows.TOKENS)));
            }
        }
        sent.forEach(value -> set.add(tensor(value, Rows.SENT_TO_EXPERTS)));
        sets.add(set);
    }

    private void attention(Value stream, Operator.Attention attention, TrainingMethod method) {
        List<SavedTensor> set = new ArrayList<>(List.of(tensor(stream, Rows.GATHERED)));
        for (Value value : List.of(attention.query(), attention.key(), attention.value(), attention.output())) {
            set.add(tensor(value, Rows.TOKENS));
        }
        switch (method.framework().activations().attention()) {
            case AttentionKernel.Tiled tiled -> {}
            case AttentionKernel.Materialised all -> {
                Shape query = attention.query().shape();
                Dimension keys = attention.key().shape().dimensions().get(1);
                Shape pairs = new Shape(List.of(
                        query.dimensions().get(0),
                        query.dimensions().get(2),
                        query.dimensions().get(1),
                        keys));
                SavedTensor each = new SavedTensor("pairs", pairs, bytes, Rows.TOKENS, Presence.ALWAYS);
                set.add(each);
                set.add(each);
            }
        }
        sets.add(set);
    }

    private SavedTensor tensor(Value value, Rows rows) {
        return new SavedTensor(value.name(), value.shape(), bytes, rows, Presence.ALWAYS);
    }

    private static boolean isSplit(Value value) {
        for (Dimension dimension : value.shape().dimensions()) {
            Axis axis = dimension.axis();
            if (AxisSplit.isSplit(axis)) {
                return true;
            }
        }
        return false;
    }
}
