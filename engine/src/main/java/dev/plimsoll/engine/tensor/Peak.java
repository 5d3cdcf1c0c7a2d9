package dev.plimsoll.engine.tensor;

import dev.plimsoll.model.units.Bytes;

/// The most that was held at once, and when that was first so.
///
/// @param bytes of everything but scratch
/// @param moment the label of that moment
public record Peak(Bytes bytes, String moment) {}
