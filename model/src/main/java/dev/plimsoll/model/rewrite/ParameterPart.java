package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Axis;
import java.util.List;

/// What a device holds of one of the model's tensors.
///
/// @param tensor its name: `<label>/<parameter>`, or the parameter's own where the whole model has one
/// @param part as the device holds it
/// @param whole as the model has it
/// @param slices of the axes that are divided; an axis without one is held whole
/// @param replicas the devices that hold the same part and see other tokens
public record ParameterPart(String tensor, Parameter part, Parameter whole, List<Slice> slices, DeviceGroup replicas) {
    /// Some entries along an axis.
    ///
    /// @param from the first
    /// @param size how many
    public record Slice(Axis axis, long from, long size) {}

    public ParameterPart {
        slices = List.copyOf(slices);
    }
}
