package dev.plimsoll.formats.launch;

import java.util.List;

/// A word of a command.
///
/// @param text with variables put in; an unknown one stands as it was written, for example `$1`
/// @param unknown the variables that the text could not resolve
record ShellWord(String text, List<String> unknown) {
    ShellWord {
        unknown = List.copyOf(unknown);
    }
}
