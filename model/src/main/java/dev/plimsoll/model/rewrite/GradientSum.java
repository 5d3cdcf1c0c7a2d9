package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.DeviceGroup;

/// A parameter's gradient that is summed over a group at the end of a step, since each device has only some of it.
///
/// @param tensor the parameter's tensor
public record GradientSum(String tensor, DeviceGroup group) {}
