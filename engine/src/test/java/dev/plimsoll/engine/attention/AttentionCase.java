package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/// An attention core of a test, with random operands.
///
/// @param rate of dropout
record AttentionCase(String name, AttentionSizes sizes, AttentionMask mask, AttentionScores scores, double rate) {
    static final AttentionScores PLAIN = AttentionScores.scaled(0.4);
    static final AttentionScores CAPPED = PLAIN.withSoftCap(OptionalDouble.of(1.5));
    static final AttentionScores SLOPED = PLAIN.withPositions(new PositionBias.LinearBias());

    static AttentionSizes sizes(int batch, int queries, int keys, HeadSizes heads) {
        return new AttentionSizes(batch, queries, keys, heads);
    }

    static AttentionScores withSinks(AttentionScores scores, int queryHeads) {
        Parameter sinks = new Parameter(
                "attention.sinks.weight",
                List.of(Shape.of(Axis.QUERY_HEADS, queryHeads)),
                Parameter.Kind.GAIN,
                Parameter.Sharing.EACH_LAYER,
                TensorNames.NONE);
        return new AttentionScores(scores.scale(), scores.softCap(), scores.positions(), Optional.of(sinks));
    }

    /// Every mask, form of scores and grouping, at sizes that no tile divides.
    static List<AttentionCase> all() {
        HeadSizes grouped = new HeadSizes(6, 2, 3, 5);
        HeadSizes single = new HeadSizes(2, 2, 4, 4);
        HeadSizes multiQuery = new HeadSizes(3, 1, 5, 2);
        AttentionMask causal = new AttentionMask.Causal();
        return List.of(
                of("everything", sizes(2, 5, 7, single), new AttentionMask.Everything(), PLAIN),
                of("one token", sizes(1, 1, 1, single), causal, PLAIN),
                of("causal, grouped", sizes(2, 9, 9, grouped), causal, PLAIN),
                of("causal, one key head", sizes(1, 8, 8, multiQuery), causal, PLAIN),
                of("window", sizes(1, 11, 11, grouped), new AttentionMask.SlidingWindow(3), PLAIN),
                of("chunks", sizes(2, 10, 10, single), new AttentionMask.Chunked(4), PLAIN),
                of("blocks", sizes(1, 10, 10, single), new AttentionMask.Blocks(4), PLAIN),
                of("capped", sizes(1, 9, 9, grouped), causal, CAPPED),
                of("slopes", sizes(2, 7, 7, grouped), causal, SLOPED),
                of("slopes both ways", sizes(1, 7, 7, grouped), new AttentionMask.Everything(), SLOPED),
                of("sinks", sizes(2, 9, 9, grouped), new AttentionMask.SlidingWindow(4), withSinks(PLAIN, 6)),
                of("capped with sinks", sizes(1, 6, 6, grouped), causal, withSinks(CAPPED, 6)),
                new AttentionCase("dropout", sizes(2, 9, 9, grouped), causal, PLAIN, 0.3),
                new AttentionCase(
                        "dropout, capped, sinks", sizes(1, 8, 8, grouped), causal, withSinks(CAPPED, 6), 0.5));
    }

    private static AttentionCase of(String name, AttentionSizes sizes, AttentionMask mask, AttentionScores scores) {
        return new AttentionCase(name, sizes, mask, scores, 0);
    }

    Operator.Attention operator() {
        HeadSizes heads = sizes.heads();
        Shape query = Shape.of(Axis.QUERY_HEADS, heads.queryHeads(), Axis.HEAD_SIZE, heads.headSize());
        Shape key = Shape.of(Axis.KEY_VALUE_HEADS, heads.keyValueHeads(), Axis.HEAD_SIZE, heads.headSize());
        Shape value = Shape.of(Axis.KEY_VALUE_HEADS, heads.keyValueHeads(), Axis.VALUE_SIZE, heads.valueSize());
        Shape output = Shape.of(Axis.QUERY_HEADS, heads.queryHeads(), Axis.VALUE_SIZE, heads.valueSize());
        return new Operator.Attention(
                "attention.core",
                Role.CORE_ATTENTION,
                activation("query", query),
                activation("key", key),
                activation("value", value),
                Optional.empty(),
                mask,
                scores,
                List.of(),
                activation("attention.core", output));
    }

    private static Value activation(String name, Shape inner) {
        return Value.activation(name, Shape.open(Axis.BATCH, Axis.SEQUENCE).then(inner));
    }

    Dropout dropout() {
        return new Dropout(rate, new CounterBased(5));
    }

    AttentionTask task(AttentionKernel kernel) {
        return AttentionTask.of(operator(), sizes, kernel, dropout());
    }

    Operands operands(long seed) {
        Random random = new Random(seed);
        return new Operands(
                normal(random, sizes.queryElements()),
                normal(random, sizes.keyElements()),
                normal(random, sizes.valueElements()),
                normal(random, scores.sinks().isPresent() ? sizes.heads().queryHeads() : 0));
    }

    float[] outputGradient(long seed) {
        return normal(new Random(seed + 1), sizes.outputElements());
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// A tensor for everything that can be found.
    Findings findings() {
        int heads = sizes.heads().queryHeads();
        List<Integer> queries = List.of(sizes.batch(), heads, sizes.queries());
        List<Integer> pairs = List.of(sizes.batch(), heads, sizes.queries(), sizes.keys());
        Map<Finding, Tensor> tensors = new EnumMap<>(Finding.class);
        Memory memory = Memory.unlimited();
        for (Finding finding : List.of(
                Finding.PROBABILITIES, Finding.CAPPED_SCORES, Finding.DROPPED_PROBABILITIES, Finding.DROPOUT_MASK)) {
            DataType held = finding == Finding.DROPOUT_MASK ? DataType.U8 : DataType.F32;
            tensors.put(finding, memory.allocate(finding.name(), pairs, held, Category.SAVED_ACTIVATION));
        }
        for (Finding finding : List.of(Finding.SINK_PROBABILITY, Finding.LOG_SUM_EXP)) {
            tensors.put(finding, memory.allocate(finding.name(), queries, DataType.F32, Category.SAVED_ACTIVATION));
        }
        return new Findings(tensors);
    }

    /// What a core of these kernels makes of random operands.
    ///
    /// @param gradients everything there is
    @SuppressWarnings("ArrayRecordComponent") // a view of what was written
    record Result(float[] output, Gradients gradients) {}

    Result run(AttentionCore core, AttentionKernel kernel, long seed) {
        Operands operands = operands(seed);
        float[] output = new float[sizes.outputElements()];
        Findings findings = findings();
        AttentionTask task = task(kernel);
        core.forward(task, operands, output, findings);
        Gradients gradients = Gradients.allocate(Gradients.all(operands), sizes);
        core.gradient(task, operands, output, outputGradient(seed), findings, gradients);
        return new Result(output, gradients);
    }

    static List<Kernels> kernels() {
        return List.of(new ScalarKernels(), Kernels.best());
    }

    @Override
    public String toString() {
        return name;
    }
}
