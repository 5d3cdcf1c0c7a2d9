package dev.plimsoll.planner.serving;

import java.util.OptionalLong;

/// What stays in the host's memory.
///
/// @param deviceLayers layers on devices, counted from the last, the head as one of them; empty for all
/// @param hostExpertLayers first layers whose experts stay on the host
public record HostShare(OptionalLong deviceLayers, long hostExpertLayers) {
    /// Nothing but what the engine always keeps there.
    public static final HostShare NONE = new HostShare(OptionalLong.empty(), 0);
}
