package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.AttentionKernel;

/// What a block is run on and how, whatever its sizes.
///
/// @param pace of the device under the framework
/// @param rings of the layout's groups
/// @param exposure what shows of each kind of collective
/// @param arithmetic of the layers' matrix products
/// @param elementBytes of an activation
/// @param attention how attention cores are run
public record Conditions(
        Pace pace,
        Rings rings,
        Exposure exposure,
        Arithmetic arithmetic,
        double elementBytes,
        AttentionKernel attention) {
    /// What the layers' matrix products are computed in; a head's are never in eight bits.
    public enum Arithmetic {
        AS_HELD,
        EIGHT_BIT
    }
}
