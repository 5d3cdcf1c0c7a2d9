package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.MegatronCommand.Given;
import dev.plimsoll.model.units.Text;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The values of a command's flags, each noted as understood when it is asked for.
final class MegatronValues {
    private static final long MOST_DEVICES = 1 << 24;

    private final MegatronCommand command;
    private final LaunchNotes notes;

    MegatronValues(MegatronCommand command, LaunchNotes notes) {
        this.command = command;
        this.notes = notes;
    }

    /// Whether a switch is there.
    boolean isOn(String flag, String meaning) {
        return command.take(flag)
                .map(given -> {
                    notes.understood(given.written(), given.text(), meaning);
                    return true;
                })
                .orElse(false);
    }

    /// Whether one of these flags is there, which stay as they are.
    boolean hasAny(List<String> flags) {
        return flags.stream().anyMatch(command.rest()::containsKey);
    }

    /// The flag's text; empty when it is not there, or when it holds a variable that the script does not set.
    Optional<String> text(String flag, String meaning) {
        Optional<Given> found = command.take(flag);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Given given = found.get();
        if (!given.unknown().isEmpty()) {
            notes.ignored(
                    given.written(),
                    given.text(),
                    "holds " + Text.printable(String.join(", ", given.unknown()))
                            + ", which the script does not set: Megatron's default is taken");
            return Optional.empty();
        }
        if (given.values().isEmpty()) {
            throw notes.invalid(given.written(), "no value", "one");
        }
        notes.understood(given.written(), given.text(), meaning);
        return Optional.of(given.text());
    }

    /// A whole number of at least 1.
    OptionalLong count(String flag, String meaning) {
        Optional<String> text = text(flag, meaning);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= 1) {
                return OptionalLong.of(value);
            }
        } catch (NumberFormatException notWhole) {
            // Said below.
        }
        throw notes.invalid(flag, text.get(), "a whole number of at least 1");
    }

    /// A degree of parallelism, 1 by default.
    int degree(String flag, String meaning) {
        long degree = count(flag, meaning).orElse(1);
        if (degree > MOST_DEVICES) {
            throw notes.invalid(flag, Long.toString(degree), "at most " + MOST_DEVICES);
        }
        return (int) degree;
    }

    /// A probability below 1.
    double rate(String flag, double usual) {
        Optional<String> text = text(flag, "dropout");
        if (text.isEmpty()) {
            return usual;
        }
        try {
            double value = Double.parseDouble(text.get());
            if (value >= 0 && value < 1) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw notes.invalid(flag, text.get(), "a probability below 1");
    }
}
