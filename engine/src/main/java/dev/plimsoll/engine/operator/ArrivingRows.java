package dev.plimsoll.engine.operator;

import dev.plimsoll.model.shape.Axis;

/// How many rows an operator is about to get from other devices.
///
/// @param axis along which they stand
public record ArrivingRows(Axis axis, int count) {}
