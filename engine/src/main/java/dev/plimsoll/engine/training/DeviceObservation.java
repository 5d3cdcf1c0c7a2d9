package dev.plimsoll.engine.training;

import dev.plimsoll.engine.device.Traffic.Link;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import java.util.Map;

/// What was observed of one device in one training step.
///
/// @param saved the most bytes that were kept for backward passes at the end of any pass
/// @param sent bytes put on the wire, for each kind of exchange and group
/// @param routed copies of tokens sent to experts
public record DeviceObservation(Observation own, Bytes saved, Map<Link, Bytes> sent, List<RoutedRows> routed) {
    public DeviceObservation {
        sent = Map.copyOf(sent);
        routed = List.copyOf(routed);
    }
}
