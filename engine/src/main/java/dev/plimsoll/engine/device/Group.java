package dev.plimsoll.engine.device;

import java.util.HashSet;
import java.util.List;

/// Devices that exchange something with one another.
///
/// @param name what it is for, for example `tensor`, under which bytes are counted
/// @param devices in the order in which parts are dealt out, and in which rings run
public record Group(String name, List<Integer> devices) {
    public Group {
        devices = List.copyOf(devices);
        if (devices.isEmpty() || new HashSet<>(devices).size() < devices.size()) {
            throw new IllegalArgumentException("a group has devices, each once: " + devices);
        }
    }

    public int size() {
        return devices.size();
    }

    /// The place of a device in this group.
    ///
    /// @throws IllegalArgumentException where it is no member
    public int place(int device) {
        int place = devices.indexOf(device);
        if (place < 0) {
            throw new IllegalArgumentException("device " + device + " is not in the group " + name + " " + devices);
        }
        return place;
    }
}
