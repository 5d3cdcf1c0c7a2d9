package dev.plimsoll.planner.hardware.catalogue;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.SequencedMap;

/// What a file of devices says, with the line it stands on.
sealed interface Setting {
    Place place();

    /// Where something stands.
    ///
    /// @param file as the user called it
    /// @param path the keys that lead there, for example `accelerators.h100.memory`; empty for the whole file
    record Place(String file, int line, String path) {
        Place below(int line, String key) {
            return new Place(file, line, path.isEmpty() ? key : path + "." + key);
        }

        InputException refused(String found, String expected) {
            return InputException.unreadable(
                    Text.printable(file) + " line " + line
                            + (path.isEmpty() ? "" : ", " + Text.printable(path))
                            + ": found " + found + ", expected " + expected,
                    "Correct that line; `plimsoll hardware` and docs/hardware.md show how devices are written.");
        }
    }

    record Scalar(Place place, String text) implements Setting {
        InputException refused(String expected) {
            return place.refused("'" + Text.printable(text) + "'", expected);
        }
    }

    record Group(Place place, SequencedMap<String, Setting> members) implements Setting {}
}
