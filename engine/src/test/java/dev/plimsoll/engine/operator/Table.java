package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/// One operator's operands laid out, for one sequence of so many tokens.
final class Table implements ForwardOperands, AutoCloseable {
    private final int tokens;
    private final DataType held;
    private final Workers workers = new Workers(2);
    private final Meter meter = Meter.counting(2);
    private final Memory memory = Memory.unlimited();
    private final Map<String, Tensor> tensors = new HashMap<>();
    private final Map<Finding, Tensor> findings = new EnumMap<>(Finding.class);
    private Optional<int[]> experts = Optional.empty();
    private int[] positions;

    private Table(int tokens, DataType held) {
        this.tokens = tokens;
        this.held = held;
        this.positions = IntStream.range(0, tokens).toArray();
    }

    static Table of(int tokens) {
        return new Table(tokens, DataType.F32);
    }

    /// With values and parameters held in another type.
    static Table of(int tokens, DataType held) {
        return new Table(tokens, held);
    }

    Table with(Value value, float... elements) {
        return put(value.name(), sizes(value.shape()), elements);
    }

    Table with(Parameter parameter, float... elements) {
        return put(parameter.name(), sizes(parameter.shape()), elements);
    }

    Table withIndices(Value value, int... numbers) {
        Tensor tensor = memory.allocate(value.name(), sizes(value.shape()), DataType.I32, Category.TEMPORARY);
        System.arraycopy(numbers, 0, tensor.integers(), 0, numbers.length);
        tensors.put(value.name(), tensor);
        return this;
    }

    Table withFinding(Finding finding, DataType dataType, int elements) {
        findings.put(finding, memory.allocate(finding.name(), List.of(elements), dataType, Category.SAVED_ACTIVATION));
        return this;
    }

    Table withGivenExperts(int... numbers) {
        experts = Optional.of(numbers);
        return this;
    }

    Table at(int... others) {
        positions = others;
        return this;
    }

    private Table put(String name, List<Integer> sizes, float... elements) {
        Tensor tensor = memory.allocate(name, sizes, held, Category.TEMPORARY);
        tensor.store(0, elements, 0, elements.length, Work.ignored());
        tensors.put(name, tensor);
        return this;
    }

    /// Runs the operator, and gives its first output's elements.
    float[] run(Operator operator) {
        for (Value written : operator.writes()) {
            DataType dataType = written.content() == Value.Content.INDEX ? DataType.I32 : held;
            tensors.put(
                    written.name(),
                    memory.allocate(written.name(), sizes(written.shape()), dataType, Category.TEMPORARY));
        }
        Machine machine = Machine.of(Kernels.best(), workers, meter, memory);
        new OperatorExecution(machine, new AttentionKernel.Materialised(), 0).forward(operator, this);
        return operator.output().content() == Value.Content.INDEX ? new float[0] : floats(operator.output());
    }

    float[] floats(Value value) {
        Tensor tensor = value(value);
        float[] elements = new float[tensor.elements()];
        tensor.load(0, elements, 0, elements.length, Work.ignored());
        return elements;
    }

    Counts counts() {
        return meter.counts();
    }

    @Override
    public Tensor value(Value value) {
        return Objects.requireNonNull(tensors.get(value.name()), value.name());
    }

    @Override
    public Tensor parameter(Parameter parameter) {
        return Objects.requireNonNull(tensors.get(parameter.name()), parameter.name());
    }

    @Override
    public Optional<Tensor> finding(Finding finding) {
        return Optional.ofNullable(findings.get(finding));
    }

    @Override
    public int[] positions() {
        return positions;
    }

    @Override
    public Optional<int[]> givenExperts() {
        return experts;
    }

    @Override
    public CounterBased random() {
        return new CounterBased(1);
    }

    @Override
    public void close() {
        workers.close();
    }

    private List<Integer> sizes(Shape shape) {
        return shape.dimensions().stream()
                .map(dimension -> switch (dimension) {
                    case Dimension.Fixed fixed -> Math.toIntExact(fixed.size());
                    case Dimension.Open open -> open.axis() == Axis.BATCH ? 1 : tokens;
                })
                .toList();
    }
}
