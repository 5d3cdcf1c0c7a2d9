package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.ParameterPart.Slice;
import java.util.List;
import java.util.SequencedMap;

/// A device's part of a block.
///
/// @param holdings what it holds of each parameter, by the parameter's name, in the order of their first use
record DeviceBlock(Block block, SequencedMap<String, Holding> holdings) {
    /// @param slices of the axes that are divided
    /// @param replicas who holds the same and sees other tokens
    /// @param sums groups over which the gradient is summed at the end of a step
    record Holding(Parameter whole, Parameter part, List<Slice> slices, DeviceGroup replicas, List<DeviceGroup> sums) {}
}
