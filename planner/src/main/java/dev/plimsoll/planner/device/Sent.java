package dev.plimsoll.planner.device;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram.Chunk;
import dev.plimsoll.model.units.Bytes;

/// What one device sends in one exchange.
///
/// @param what it is for, for example `text.1 forward attention.output.sum`
/// @param logical bytes of the whole tensor it is about, as one device has it before or after
/// @param wire bytes that leave the device
public record Sent(String what, Exchange exchange, DeviceGroup group, Bytes logical, Bytes wire) {
    /// Whether micro-batches differ in what a chunk of them sends, since experts are sent what a router chose.
    static boolean differs(Chunk chunk) {
        return chunk.program().blocks().stream()
                .flatMap(block -> block.block().operators().stream())
                .anyMatch(Collective.SendToExperts.class::isInstance);
    }
}
