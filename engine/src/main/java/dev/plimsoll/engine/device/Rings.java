package dev.plimsoll.engine.device;

import dev.plimsoll.model.operator.DeviceGroup;

/// A device's side of each group that it is in.
@FunctionalInterface
public interface Rings {
    /// A device that exchanges nothing.
    Rings NONE = group -> {
        throw new IllegalStateException("a single device is in no group: " + group);
    };

    Ring of(DeviceGroup group);
}
