package dev.plimsoll.cli;

import dev.plimsoll.formats.config.ModuleForms;
import dev.plimsoll.formats.config.Quantization;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.planner.cost.ConversionScope;
import dev.plimsoll.planner.cost.MatrixScheme;
import dev.plimsoll.planner.cost.TensorExceptions;
import dev.plimsoll.planner.cost.TensorExceptions.Held;
import dev.plimsoll.planner.cost.WeightFormat;
import java.util.Optional;

/// From what a config says about quantised weights to the format that is counted.
final class Quantizations {
    private Quantizations() {}

    /// Empty where the config does not say how values are held.
    ///
    /// @param rest what is not quantised is held in
    static Optional<WeightFormat> format(Quantization quantization, DataType rest) {
        return quantization
                .weights()
                .map(packing -> new WeightFormat(
                        quantization.describe(),
                        new WeightFormat.Rule.Converted(
                                scope(quantization.reach()),
                                new MatrixScheme.Packed(packing),
                                rest,
                                exceptions(quantization, packing)),
                        "as the config's quantization says"));
    }

    private static ConversionScope scope(Quantization.Reach reach) {
        return switch (reach) {
            case LAYERS -> ConversionScope.LAYERS;
            case EXPERTS -> ConversionScope.EXPERTS;
            case EVERY_MATRIX -> ConversionScope.EVERY_MATRIX;
        };
    }

    private static TensorExceptions exceptions(Quantization quantization, MatrixPacking packing) {
        return switch (quantization.reach()) {
            case LAYERS, EXPERTS -> TensorExceptions.NONE;
            case EVERY_MATRIX -> (parameter, layer) -> exception(quantization.modules(), packing, parameter, layer);
        };
    }

    private static Optional<Held> exception(
            ModuleForms modules, MatrixPacking packing, Parameter parameter, long layer) {
        if (!dividesInputs(packing, parameter)) {
            return Optional.of(new Held.AsItWas());
        }
        return modules.of(parameter, layer).map(form -> switch (form) {
            case ModuleForms.Form.AsItWas() -> new Held.AsItWas();
            case ModuleForms.Form.Packed(MatrixPacking other) -> new Held.Converted(new MatrixScheme.Packed(other));
        });
    }

    /// Rows that groups do not divide are left alone.
    private static boolean dividesInputs(MatrixPacking packing, Parameter parameter) {
        return switch (packing.group()) {
            case MatrixPacking.Group.Neighbours(long size) ->
                parameter.fileDimensions().getLast() % size == 0;
            case MatrixPacking.Group.Matrix _,
                    MatrixPacking.Group.Output _,
                    MatrixPacking.Group.Block _,
                    MatrixPacking.Group.Run _,
                    MatrixPacking.Group.RunOfScaled _ -> true;
        };
    }
}
