package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.attention.AttentionCore;
import dev.plimsoll.engine.attention.AttentionSizes;
import dev.plimsoll.engine.attention.AttentionTask;
import dev.plimsoll.engine.attention.Findings;
import dev.plimsoll.engine.attention.Gradients;
import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.attention.HeadSizes;
import dev.plimsoll.engine.attention.Operands;
import dev.plimsoll.engine.attention.VisibleKeys;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An attention core over sequences of which each device has a part: keys and values travel round the group.
///
/// Forward, a device attends to one part after the other, its own first, and merges what each gave by its log-sum-exp:
/// `L = log(e^L1 + e^L2)`, `y = e^(L1 - L) y1 + e^(L2 - L) y2`. Backward, the probabilities of each part are made again
/// from the final log-sum-exp; the gradients of keys and values travel with them, and one hop further to be home.
///
/// Source: Liu et al. 2023 (Ring Attention), section 3; Dao 2023 (FlashAttention-2), section 3.1.
final class RingAttentions {
    private static final float[] NOTHING = {};

    private final Machine machine;
    private final Rings rings;
    private final AttentionCore core;
    private final AttentionKernel kernel;
    private final double dropout;

    RingAttentions(Machine machine, Rings rings, AttentionKernel kernel, double dropout) {
        this.machine = machine;
        this.rings = rings;
        this.core = new AttentionCore(machine.kernels(), machine.workers(), machine.meter());
        this.kernel = kernel;
        this.dropout = dropout;
    }

    long scratchBytes() {
        return core.scratchBytes();
    }

    /// One device's sizes, and which part of a text it has.
    private record Parts(Operator.Attention attention, AttentionSizes sizes, Ring ring) {
        static Parts of(Operator.Attention attention, Tensor query, Ring ring) {
            int tokens = query.sizes().get(1);
            AttentionSizes sizes =
                    new AttentionSizes(query.sizes().getFirst(), tokens, tokens, HeadSizes.of(attention));
            return new Parts(attention, sizes, ring);
        }

        /// The place of the device whose keys are here after so many hops.
        int after(int hops) {
            return Math.floorMod(ring.place() - hops, ring.size());
        }

        VisibleKeys visible(int part) {
            return VisibleKeys.of(attention.mask(), tokens(ring.place()), tokens(part));
        }

        private int[] tokens(int part) {
            int[] tokens = new int[sizes.queries()];
            Arrays.setAll(tokens, i -> part * sizes.queries() + i);
            return tokens;
        }
    }

    private AttentionTask task(Parts parts, int part, Dropout drops) {
        return AttentionTask.of(parts.attention(), parts.sizes(), parts.visible(part), kernel, drops);
    }

    void forward(Collective.RingAttention ring, ForwardOperands operands) {
        Operator.Attention attention = ring.core();
        Tensor query = operands.value(attention.query());
        Parts parts = Parts.of(attention, query, rings.of(ring.group()));
        Tensor key = operands.value(attention.key());
        Tensor value = operands.value(attention.value());
        try (Floats floats = new Floats(machine);
                Travelling keys = new Travelling(machine, parts.ring(), key, key.dataType());
                Travelling values = new Travelling(machine, parts.ring(), value, value.dataType())) {
            float[] queries = floats.read(query);
            float[] sinks = sinks(attention.scores().sinks().map(operands::parameter), floats);
            Merging merging = new Merging(parts.sizes(), floats.write(operands.value(attention.output())));
            Tensor logSums = floats.scratchTensor(merging.rows());
            float[] output = floats.scratch(parts.sizes().outputElements());
            for (int hop = 0; hop < parts.ring().size(); hop++) {
                int part = parts.after(hop);
                Dropout drops = new Dropout(dropout, operands.random().at(part));
                Operands read =
                        new Operands(queries, keys.read(floats), values.read(floats), hop == 0 ? sinks : NOTHING);
                Findings findings = new Findings(Map.of(Finding.LOG_SUM_EXP, logSums));
                core.forward(task(parts, part, drops), read, output, findings);
                merging.add(output, logSums.floats());
                if (hop + 1 < parts.ring().size()) {
                    keys.hop();
                    values.hop();
                }
            }
            operands.finding(Finding.LOG_SUM_EXP)
                    .ifPresent(
                            tensor -> System.arraycopy(merging.logSums(), 0, floats.write(tensor), 0, merging.rows()));
        }
    }

    void gradient(Collective.RingAttention ring, GradientOperands operands) {
        Operator.Attention attention = ring.core();
        Tensor outputGradient = operands.outputGradient(attention.output());
        Parts parts = Parts.of(attention, outputGradient, rings.of(ring.group()));
        Tensor key = operands.value(attention.key());
        Tensor value = operands.value(attention.value());
        try (Floats floats = new Floats(machine);
                Travelling keys = new Travelling(machine, parts.ring(), key, key.dataType());
                Travelling values = new Travelling(machine, parts.ring(), value, value.dataType());
                TravellingGradient keyGradients = new TravellingGradient(machine, parts.ring(), key);
                TravellingGradient valueGradients = new TravellingGradient(machine, parts.ring(), value)) {
            float[] queries = floats.read(operands.value(attention.query()));
            float[] output = floats.read(operands.value(attention.output()));
            float[] gradient = floats.read(outputGradient);
            float[] sinks = sinks(attention.scores().sinks().map(operands::parameter), floats);
            Findings findings = new Findings(Map.of(Finding.LOG_SUM_EXP, operands.finding(Finding.LOG_SUM_EXP)));
            for (int hop = 0; hop < parts.ring().size(); hop++) {
                int part = parts.after(hop);
                Dropout drops = new Dropout(dropout, operands.random().at(part));
                Operands read = new Operands(queries, keys.read(floats), values.read(floats), sinks);
                Gradients gradients = gradients(attention, parts.sizes(), operands, hop);
                core.gradient(task(parts, part, drops), read, output, gradient, findings, gradients);
                add(gradients.query(), operands.inputGradient(attention.query()), floats);
                add(gradients.sinks(), attention.scores().sinks().flatMap(operands::parameterGradient), floats);
                keyGradients.add(gradients.key());
                valueGradients.add(gradients.value());
                if (hop + 1 < parts.ring().size()) {
                    keys.hop();
                    values.hop();
                }
                keyGradients.hop();
                valueGradients.hop();
            }
            add(keyGradients.values(), operands.inputGradient(attention.key()), floats);
            add(valueGradients.values(), operands.inputGradient(attention.value()), floats);
        }
    }

    /// A sink is no key: it takes part once, beside the device's own keys.
    private static Gradients gradients(
            Operator.Attention attention, AttentionSizes sizes, GradientOperands operands, int hop) {
        Set<Wanted> wanted = EnumSet.noneOf(Wanted.class);
        operands.inputGradient(attention.query()).ifPresent(tensor -> wanted.add(Wanted.QUERY));
        operands.inputGradient(attention.key()).ifPresent(tensor -> wanted.add(Wanted.KEY));
        operands.inputGradient(attention.value()).ifPresent(tensor -> wanted.add(Wanted.VALUE));
        if (hop == 0) {
            attention
                    .scores()
                    .sinks()
                    .flatMap(operands::parameterGradient)
                    .ifPresent(tensor -> wanted.add(Wanted.SINKS));
        }
        return Gradients.allocate(wanted, sizes);
    }

    private void add(float[] gradient, Optional<Tensor> wanted, Floats floats) {
        if (gradient.length > 0) {
            wanted.ifPresent(tensor -> machine.kernels().add(gradient, 0, floats.add(tensor), 0, tensor.elements()));
        }
    }

    private static float[] sinks(Optional<Tensor> sinks, Floats floats) {
        return sinks.map(tensor -> Arrays.copyOf(floats.read(tensor), tensor.elements()))
                .orElse(NOTHING);
    }

    /// What was attended to so far.
    private static final class Merging {
        private final AttentionSizes sizes;
        private final float[] output;
        private final float[] logSums;

        Merging(AttentionSizes sizes, float[] output) {
            this.sizes = sizes;
            this.output = output;
            this.logSums = new float[sizes.batch() * sizes.heads().queryHeads() * sizes.queries()];
            Arrays.fill(logSums, Float.NEGATIVE_INFINITY);
            Arrays.fill(output, 0, sizes.outputElements(), 0);
        }

        int rows() {
            return logSums.length;
        }

        float[] logSums() {
            return logSums;
        }

        /// @param part `[b, s, a, w]`
        /// @param partLogSums `[b, a, s]`
        void add(float[] part, float[] partLogSums) {
            int heads = sizes.heads().queryHeads();
            int width = sizes.heads().valueSize();
            for (int row = 0; row < logSums.length; row++) {
                if (partLogSums[row] == Float.NEGATIVE_INFINITY) {
                    continue;
                }
                int query = row % sizes.queries();
                int head = row / sizes.queries() % heads;
                int batch = row / (sizes.queries() * heads);
                int at = ((batch * sizes.queries() + query) * heads + head) * width;
                float max = Math.max(logSums[row], partLogSums[row]);
                double sum = Math.exp(logSums[row] - max) + Math.exp(partLogSums[row] - max);
                float together = (float) (max + Math.log(sum));
                float before = (float) Math.exp(logSums[row] - together);
                float now = (float) Math.exp(partLogSums[row] - together);
                for (int i = at; i < at + width; i++) {
                    output[i] = before * output[i] + now * part[i];
                }
                logSums[row] = together;
            }
        }
    }
}
