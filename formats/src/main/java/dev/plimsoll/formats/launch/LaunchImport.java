package dev.plimsoll.formats.launch;

import java.util.List;

/// A launch file that was read: what it says, and what was made of each of its entries. All texts are printable.
public record LaunchImport(LaunchSettings settings, List<Understood> understood, List<Ignored> ignored) {
    /// @param entry a flag or key, as the file has it
    /// @param value as the file has it; empty for a switch
    /// @param meaning in our words
    public record Understood(String entry, String value, String meaning) {}

    /// @param reason why it was left out
    public record Ignored(String entry, String value, String reason) {}

    public LaunchImport {
        understood = List.copyOf(understood);
        ignored = List.copyOf(ignored);
    }
}
