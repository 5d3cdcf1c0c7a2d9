package dev.plimsoll.formats.launch;

import java.util.List;

/// A simple command of a shell script.
///
/// @param line on which it begins, from 1
record ShellCommand(int line, Place place, List<ShellWord> words) {
    /// Whether it is run whatever happens.
    enum Place {
        ALWAYS,
        CONDITIONAL
    }

    ShellCommand {
        words = List.copyOf(words);
    }
}
