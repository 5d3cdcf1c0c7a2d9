package dev.plimsoll.verification;

import java.util.OptionalLong;

/// One figure, predicted and measured.
///
/// @param name what it counts, where
/// @param predicted empty where the planner knows of no such figure
/// @param measured empty where the engine saw none
public record Compared(String name, OptionalLong predicted, OptionalLong measured) {
    public boolean isExact() {
        return predicted.equals(measured);
    }
}
