package dev.plimsoll.planner.serving;

import dev.plimsoll.model.units.Provenance;

/// What context, libraries and buffers for communication take on a device.
///
/// @param fromBytes the row holds on devices of at least this much memory
/// @param fromDevices and in tensor-parallel groups of at least so many
public record RuntimeRow(long fromBytes, int fromDevices, long bytes, String source, Provenance provenance) {}
