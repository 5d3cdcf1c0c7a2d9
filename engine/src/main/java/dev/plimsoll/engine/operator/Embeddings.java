package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import java.util.Arrays;

/// Rows of a table by their numbers. Reads only the rows it is asked for.
final class Embeddings {
    private final Machine machine;
    private final Missing missing;

    /// What a number is that the table has no row for.
    enum Missing {
        /// A mistake.
        REFUSED,
        /// Another device's: zeros here, and no gradient.
        ELSEWHERE
    }

    Embeddings(Machine machine, Missing missing) {
        this.machine = machine;
        this.missing = missing;
    }

    /// @throws dev.plimsoll.model.failure.InputException for a number that no table has a row for
    void forward(Operator.Embedding embedding, ForwardOperands operands) {
        Tensor table = operands.parameter(embedding.table());
        try (Floats floats = new Floats(machine)) {
            int[] numbers = floats.integers(operands.value(embedding.indices()));
            float[] output = floats.write(operands.value(embedding.output()));
            int columns = columns(embedding);
            int rows = table.elements() / columns;
            switch (missing) {
                case REFUSED -> RowNumbers.require(embedding.name(), numbers, rows);
                case ELSEWHERE -> {}
            }
            machine.workers().forEachRange(numbers.length, 1, (worker, from, to) -> {
                Work work = machine.meter().worker(worker);
                for (int i = from; i < to; i++) {
                    long row = numbers[i] - embedding.firstRow();
                    if (row >= 0 && row < rows) {
                        table.load((int) row * columns, output, i * columns, columns, work);
                    } else {
                        Arrays.fill(output, i * columns, (i + 1) * columns, 0);
                    }
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
                    long number = numbers[i] - embedding.firstRow();
                    if (number < 0 || number >= table.elements() / columns) {
                        continue;
                    }
                    int first = (int) number * columns + from;
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
