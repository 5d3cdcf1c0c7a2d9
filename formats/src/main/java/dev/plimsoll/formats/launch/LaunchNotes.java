package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.LaunchImport.Ignored;
import dev.plimsoll.formats.launch.LaunchImport.Understood;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;

/// Collects what became of each entry of a launch file.
final class LaunchNotes {
    private static final int MOST = 2000;

    private final String file;
    private final List<Understood> understood = new ArrayList<>();
    private final List<Ignored> ignored = new ArrayList<>();

    /// @param file what errors call the input
    LaunchNotes(String file) {
        this.file = file;
    }

    void understood(String entry, String value, String meaning) {
        checkCount();
        understood.add(new Understood(Text.printable(entry), Text.printable(value), meaning));
    }

    void ignored(String entry, String value, String reason) {
        checkCount();
        ignored.add(new Ignored(Text.printable(entry), Text.printable(value), reason));
    }

    LaunchImport of(LaunchSettings settings) {
        return new LaunchImport(settings, understood, ignored);
    }

    /// An entry's value that cannot be.
    ///
    /// @param expected what could be
    InputException invalid(String entry, String found, String expected) {
        return InputException.unreadable(
                file + ": " + Text.printable(entry) + ": found " + Text.printable(found) + ", expected " + expected,
                "Correct the file.");
    }

    /// Two entries that cannot both be meant.
    InputException contradiction(String found, String expected) {
        return InputException.unreadable(
                file + ": found " + found + ", expected " + expected, "Decide which of them is meant.");
    }

    private void checkCount() {
        if (understood.size() + ignored.size() >= MOST) {
            throw InputException.unreadable(
                    file + ": more than " + MOST + " entries, expected some hundreds", "Give one launch file.");
        }
    }
}
