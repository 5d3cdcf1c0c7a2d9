package dev.plimsoll.cli;

import dev.plimsoll.formats.config.Quantization;
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
            MatrixScheme scheme = new MatrixScheme.Packed(weights);
            // gpt-oss quantises its experts and nothing else, and says so by listing all other modules.
            WeightFormat.Rule rule = quantization.method().equals(MXFP4)
                    ? new WeightFormat.Rule.ExpertsOnly(scheme, DataType.BF16)
                    : new WeightFormat.Rule.Matrices(scheme, DataType.BF16);
            return new WeightFormat(quantization.describe(), rule, "the config's quantization_config");
        });
    }
}
