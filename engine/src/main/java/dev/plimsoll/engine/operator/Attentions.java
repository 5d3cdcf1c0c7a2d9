package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.attention.AttentionCore;
import dev.plimsoll.engine.attention.AttentionSizes;
import dev.plimsoll.engine.attention.AttentionTask;
import dev.plimsoll.engine.attention.Findings;
import dev.plimsoll.engine.attention.Gradients;
import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.attention.HeadSizes;
import dev.plimsoll.engine.attention.Operands;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The attention core over tensors: widens what it reads, rounds what it writes, adds its gradients.
final class Attentions {
    private static final float[] NOTHING = {};

    private final Machine machine;
    private final AttentionCore core;
    private final AttentionKernel kernel;
    private final double dropout;

    Attentions(Machine machine, AttentionKernel kernel, double dropout) {
        this.machine = machine;
        this.core = new AttentionCore(machine.kernels(), machine.workers(), machine.meter());
        this.kernel = kernel;
        this.dropout = dropout;
    }

    long scratchBytes() {
        return core.scratchBytes();
    }

    void forward(Operator.Attention attention, ForwardOperands operands) {
        Tensor query = operands.value(attention.query());
        AttentionSizes sizes =
                sizes(attention, query.sizes(), operands.value(attention.key()).sizes());
        Dropout drops = new Dropout(dropout, operands.random());
        AttentionTask task = AttentionTask.of(attention, sizes, kernel, drops);
        Map<Finding, Tensor> findings = new EnumMap<>(Finding.class);
        for (Finding finding : Finding.values()) {
            operands.finding(finding).ifPresent(tensor -> findings.put(finding, tensor));
        }
        try (Floats floats = new Floats(machine)) {
            Operands read = new Operands(
                    floats.read(query),
                    floats.read(operands.value(attention.key())),
                    floats.read(operands.value(attention.value())),
                    sinks(attention.scores().sinks().map(operands::parameter), floats));
            core.forward(task, read, floats.write(operands.value(attention.output())), new Findings(findings));
        }
    }

    /// @param reads what the backward step lists; nothing else is looked at
    void gradient(Operator.Attention attention, List<Kept> reads, GradientOperands operands) {
        Tensor outputGradient = operands.outputGradient(attention.output());
        AttentionSizes sizes = sizes(attention, outputGradient.sizes(), outputGradient.sizes());
        AttentionTask task = AttentionTask.of(attention, sizes, kernel, new Dropout(dropout, operands.random()));
        Map<Finding, Tensor> findings = new EnumMap<>(Finding.class);
        for (Kept read : reads) {
            if (read instanceof Kept.Found found) {
                findings.put(found.what(), operands.finding(found.what()));
            }
        }
        try (Floats floats = new Floats(machine)) {
            Operands read = new Operands(
                    listed(attention.query(), reads, operands, floats),
                    listed(attention.key(), reads, operands, floats),
                    listed(attention.value(), reads, operands, floats),
                    sinks(attention.scores().sinks().map(operands::parameter), floats));
            Gradients gradients = gradients(attention, sizes, operands, floats);
            core.gradient(
                    task,
                    read,
                    listed(attention.output(), reads, operands, floats),
                    floats.read(outputGradient),
                    new Findings(findings),
                    gradients);
            add(gradients.query(), operands.inputGradient(attention.query()), floats);
            add(gradients.key(), operands.inputGradient(attention.key()), floats);
            add(gradients.value(), operands.inputGradient(attention.value()), floats);
            add(gradients.sinks(), attention.scores().sinks().flatMap(operands::parameterGradient), floats);
        }
    }

    /// Scratch for the gradients that are wanted.
    private static Gradients gradients(
            Operator.Attention attention, AttentionSizes sizes, GradientOperands operands, Floats floats) {
        Set<Wanted> wanted = EnumSet.noneOf(Wanted.class);
        operands.inputGradient(attention.query()).ifPresent(tensor -> wanted.add(Wanted.QUERY));
        operands.inputGradient(attention.key()).ifPresent(tensor -> wanted.add(Wanted.KEY));
        operands.inputGradient(attention.value()).ifPresent(tensor -> wanted.add(Wanted.VALUE));
        attention.scores().sinks().flatMap(operands::parameterGradient).ifPresent(tensor -> wanted.add(Wanted.SINKS));
        return new Gradients(
                wanted,
                wanted.contains(Wanted.QUERY) ? floats.scratch(sizes.queryElements()) : NOTHING,
                wanted.contains(Wanted.KEY) ? floats.scratch(sizes.keyElements()) : NOTHING,
                wanted.contains(Wanted.VALUE) ? floats.scratch(sizes.valueElements()) : NOTHING,
                wanted.contains(Wanted.SINKS) ? new float[sizes.heads().queryHeads()] : NOTHING);
    }

    private void add(float[] gradient, Optional<Tensor> wanted, Floats floats) {
        if (wanted.isPresent()) {
            float[] target = floats.add(wanted.get());
            machine.workers()
                    .forEachRange(
                            wanted.get().elements(),
                            Floats.GRAIN,
                            (worker, from, to) -> machine.kernels().add(gradient, from, target, from, to - from));
        }
    }

    private static float[] listed(Value value, List<Kept> reads, GradientOperands operands, Floats floats) {
        return reads.contains(new Kept.OfValue(value)) ? floats.read(operands.value(value)) : NOTHING;
    }

    /// One for each head, in an array that is no longer than that.
    private static float[] sinks(Optional<Tensor> sinks, Floats floats) {
        return sinks.map(tensor -> Arrays.copyOf(floats.read(tensor), tensor.elements()))
                .orElse(NOTHING);
    }

    private static AttentionSizes sizes(Operator.Attention attention, List<Integer> query, List<Integer> key) {
        return new AttentionSizes(query.get(0), query.get(1), key.get(1), HeadSizes.of(attention));
    }
}
