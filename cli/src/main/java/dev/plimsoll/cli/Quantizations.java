package dev.plimsoll.cli;

import dev.plimsoll.formats.config.Quantization;
import dev.plimsoll.formats.config.WeightFormat.Group;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.planner.cost.MatrixScheme;
import dev.plimsoll.planner.cost.WeightFormat;
import java.util.Optional;

/// From what a config says about quantised weights to the format that is counted.
final class Quantizations {
    private static final String MXFP4 = "mxfp4";

    private Quantizations() {}

    /// Empty where the config does not say how values are held.
    static Optional<WeightFormat> format(Quantization quantization) {
        return quantization.weights().map(weights -> {
            MatrixScheme scheme = scheme(weights);
            // gpt-oss quantises its experts and nothing else, and says so by listing all other modules.
            WeightFormat.Rule rule = quantization.method().equals(MXFP4)
                    ? new WeightFormat.Rule.ExpertsOnly(scheme, DataType.BF16)
                    : new WeightFormat.Rule.Matrices(scheme, DataType.BF16);
            return new WeightFormat(quantization.describe(), rule, "the config's quantization_config");
        });
    }

    private static MatrixScheme scheme(dev.plimsoll.formats.config.WeightFormat weights) {
        long outputs = switch (weights.group()) {
            case Group.Matrix() -> Long.MAX_VALUE;
            case Group.Output(), Group.Neighbours _ -> 1;
            case Group.Block(long rows, long columns) -> rows;
        };
        long inputs = switch (weights.group()) {
            case Group.Matrix(), Group.Output() -> Long.MAX_VALUE;
            case Group.Neighbours(long size) -> size;
            case Group.Block(long rows, long columns) -> columns;
        };
        return new MatrixScheme.Scaled(
                weights.bits(),
                outputs,
                inputs,
                weights.groupBits(),
                weights.bytesPerInput(),
                weights.bytesPerMatrix());
    }
}
