package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;

/// Rows of a table by their numbers. Reads only the rows it is asked for.
final class Embeddings {
    private final Machine machine;

    Embeddings(Machine machine) {
        this.machine = machine;
    }

    /// @throws dev.plimsoll.model.failure.InputException for a number that the table has no row for
    void forward(Operator.Embedding embedding, ForwardOperands operands) {
        Tensor table = operands.parameter(embedding.table());
        try (Floats floats = new Floats(machine)) {
            int[] numbers = floats.integers(operands.value(embedding.indices()));
            float[] output = floats.write(operands.value(embedding.output()));
            int columns = columns(embedding);
            RowNumbers.require(embedding.name(), numbers, table.elements() / columns);
            machine.workers().forEachRange(numbers.length, 1, (worker, from, to) -> {
                Work work = machine.meter().worker(worker);
                for (int i = from; i < to; i++) {
                    table.load(numbers[i] * columns, output, i * columns, columns, work);
                }
            });
        }
    }

    /// Adds each token's gradient to its row. A worker has some columns of all rows, so that rows that occur twice are
    /// summed in the order of the tokens.
    void gradient(Operator.Embedding embedding, GradientOperands operands) {
        Tensor table = operands.parameterGradient(embedding.table()).orElseThrow();
        try (Floats floats = new Floats(machine)) {
            int[] numbers = floats.integers(operands.value(embedding.indices()));
            float[] gradient = floats.read(operands.outputGradient(embedding.output()));
            int columns = columns(embedding);
            float[] rows = floats.scratch(machine.workers().count() * columns);
            machine.workers().forEachRange(columns, 16, (worker, from, to) -> {
                Work work = machine.meter().worker(worker);
                int row = worker * columns;
                for (int i = 0; i < numbers.length; i++) {
                    int first = numbers[i] * columns + from;
                    table.load(first, rows, row, to - from, work);
                    machine.kernels().add(gradient, i * columns + from, rows, row, to - from);
                    table.store(first, rows, row, to - from, work);
                }
            });
        }
    }

    private static int columns(Operator.Embedding embedding) {
        int rank = embedding.indices().shape().rank();
        int all = embedding.output().shape().rank();
        return Math.toIntExact(embedding.output().shape().trailing(all - rank).fixedElements());
    }
}
