package dev.plimsoll.judges;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.ForwardOperands;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Dimension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/// An encoder of text run by the engine's operators, block after block, for texts of one length.
final class EncoderRun implements AutoCloseable {
    private final Part encoder;
    private final Workers workers = new Workers(2);
    private final Memory memory = Memory.unlimited();
    private final OperatorExecution execution;
    private final Map<String, Tensor> parameters = new HashMap<>();

    EncoderRun(Part encoder, OnnxWeights weights, AttentionKernel attention) {
        this.encoder = encoder;
        Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), memory);
        this.execution = new OperatorExecution(machine, attention, 0);
        for (LayerRun run : encoder.runs()) {
            for (long layer = run.first(); layer < run.first() + run.count(); layer++) {
                for (Parameter parameter : run.block().parameters()) {
                    parameters.put(key(parameter, layer), held(parameter, weights.values(parameter, layer)));
                }
            }
        }
    }

    private Tensor held(Parameter parameter, float[] values) {
        List<Integer> sizes =
                parameter.fileDimensions().stream().map(Math::toIntExact).toList();
        Tensor tensor = memory.allocate(parameter.name(), sizes, DataType.F32, Category.PARAMETER);
        if (tensor.elements() != values.length) {
            throw new IllegalArgumentException(
                    parameter.name() + ": found " + values.length + " values, expected " + tensor.elements());
        }
        System.arraycopy(values, 0, tensor.floats(), 0, values.length);
        return tensor;
    }

    private static String key(Parameter parameter, long layer) {
        return parameter.name() + " " + (parameter.sharing() == Parameter.Sharing.WHOLE_MODEL ? "" : layer);
    }

    /// The last layer's output, `[b, s, h]`, its rows one after another.
    ///
    /// @param tokens `[b, s]`
    float[] hiddenStates(int[][] tokens) {
        Batch batch = new Batch(tokens);
        Optional<Tensor> stream = Optional.empty();
        for (LayerRun run : encoder.runs()) {
            for (long layer = run.first(); layer < run.first() + run.count(); layer++) {
                stream = Optional.of(block(run.block(), layer, batch, stream));
            }
        }
        return stream.orElseThrow().floats();
    }

    /// @param before the first output of the block before
    private Tensor block(Block block, long layer, Batch batch, Optional<Tensor> before) {
        Map<String, Tensor> values = new HashMap<>();
        before.ifPresent(stream -> values.put(block.inputs().getFirst().name(), stream));
        for (Value input : block.inputs()) {
            values.computeIfAbsent(input.name(), name -> batch.index(input));
        }
        for (Operator operator : block.operators()) {
            operator.writes().forEach(value -> values.put(value.name(), batch.allocate(value)));
            execution.forward(operator, new Operands(values, layer, batch.positions()));
        }
        return Objects.requireNonNull(values.get(block.outputs().getFirst().name()));
    }

    /// Texts of one length.
    private final class Batch {
        private final int[][] tokens;

        Batch(int[][] tokens) {
            this.tokens = tokens;
        }

        Tensor allocate(Value value) {
            List<Integer> sizes =
                    value.shape().dimensions().stream().map(this::size).toList();
            return memory.allocate(value.name(), sizes, Precision.FULL.of(value.content()), Category.TEMPORARY);
        }

        private int size(Dimension dimension) {
            return switch (dimension) {
                case Dimension.Fixed fixed -> Math.toIntExact(fixed.size());
                case Dimension.Open open -> open.axis() == Axis.BATCH ? tokens.length : tokens[0].length;
            };
        }

        /// Token numbers, their positions, or their type, which is 0.
        Tensor index(Value input) {
            Tensor tensor = allocate(input);
            int[] numbers = tensor.integers();
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = switch (input.name()) {
                    case "tokens" -> tokens[i / tokens[0].length][i % tokens[0].length];
                    case "positions" -> i % tokens[0].length;
                    case "types" -> 0;
                    default -> throw new IllegalArgumentException("an encoder does not read " + input.name());
                };
            }
            return tensor;
        }

        int[] positions() {
            return IntStream.range(0, tokens.length * tokens[0].length)
                    .map(i -> i % tokens[0].length)
                    .toArray();
        }
    }

    /// What one operator sees.
    private final class Operands implements ForwardOperands {
        private final Map<String, Tensor> values;
        private final long layer;
        private final int[] positions;

        Operands(Map<String, Tensor> values, long layer, int[] positions) {
            this.values = values;
            this.layer = layer;
            this.positions = positions;
        }

        @Override
        public Tensor value(Value value) {
            return Objects.requireNonNull(values.get(value.name()), value.name());
        }

        @Override
        public Tensor parameter(Parameter parameter) {
            return Objects.requireNonNull(parameters.get(key(parameter, layer)), parameter.name());
        }

        @Override
        public Optional<Tensor> finding(Finding finding) {
            return Optional.empty();
        }

        @Override
        public int[] positions() {
            return positions;
        }

        @Override
        public Optional<int[]> givenExperts() {
            return Optional.empty();
        }

        @Override
        public CounterBased random() {
            return new CounterBased(0);
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
