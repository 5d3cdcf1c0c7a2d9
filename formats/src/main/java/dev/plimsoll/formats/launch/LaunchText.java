package dev.plimsoll.formats.launch;

import java.util.List;

/// A run as a launch file.
///
/// @param text to be pasted
/// @param unsaid what the file cannot say, each with where it is said instead
public record LaunchText(String text, List<String> unsaid) {
    public LaunchText {
        unsaid = List.copyOf(unsaid);
    }
}
