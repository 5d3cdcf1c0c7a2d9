package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;

/// Bytes of an optimizer's states for one tensor.
///
/// | optimizer | states | source |
/// |---|---|---|
/// | gradient descent | none | |
/// | momentum | one as large as the tensor | Sutskever et al. 2013 |
/// | Adam, AdamW | two as large | Kingma and Ba 2015, algorithm 1 |
/// | 8-bit Adam | two of one byte, each with an f32 for every block of 256; tensors under 4,096 numbers as Adam in f32 | Dettmers et al. 2022, sections 2.1 and 4 |
/// | Adafactor | one number a row and one a column of a matrix; of a vector one as large; and one as large more with momentum | Shazeer and Stern 2018, algorithms 4 and 5 |
/// | Muon | one as large for a matrix; tables, heads, vectors as AdamW | Jordan et al. 2024; Liu et al. 2025, section 2 |
final class OptimizerBytes {
    private static final long SMALL = 4096;
    private static final long BLOCK = 256;

    private OptimizerBytes() {}

    /// @param parameter whose kind decides, where the optimizer treats tensors differently
    /// @param stacked matrices in the tensor, more than one for experts
    /// @param rows of each, 1 for a vector
    /// @param columns of each
    /// @param states what plain states are held in
    static long of(Optimizer optimizer, Parameter parameter, long stacked, long rows, long columns, DataType states) {
        long elements = Math.multiplyExact(Math.multiplyExact(stacked, rows), columns);
        return switch (optimizer) {
            case Optimizer.GradientDescent _, Optimizer.Momentum _, Optimizer.Adam _, Optimizer.AdamW _ ->
                states.bytes(Math.multiplyExact(elements, optimizer.states())).count();
            case Optimizer.BlockwiseAdam blockwise -> blockwise(elements);
            case Optimizer.Adafactor(double rate, Optimizer.Adafactor.FirstMoment moment) -> {
                long factored = rows > 1 ? stacked * (rows + columns) : elements;
                yield Float.BYTES
                        * (factored
                                + switch (moment) {
                                    case ABSENT -> 0;
                                    case KEPT -> elements;
                                });
            }
            case Optimizer.Muon muon ->
                states.bytes(Math.multiplyExact(elements, isHidden(parameter, rows) ? 1 : 2))
                        .count();
        };
    }

    private static long blockwise(long elements) {
        if (elements < SMALL) {
            return 2 * Float.BYTES * elements;
        }
        return 2 * (elements + Float.BYTES * Math.ceilDiv(elements, BLOCK));
    }

    /// Muon takes the matrices between embedding and head.
    private static boolean isHidden(Parameter parameter, long rows) {
        return parameter.kind() == Parameter.Kind.MATRIX
                && rows > 1
                && !parameter.shape().has(Axis.VOCABULARY);
    }
}
