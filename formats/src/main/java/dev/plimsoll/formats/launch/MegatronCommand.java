package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.ShellCommand.Place;
import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The flags of the one command of a script that trains, by their usual names. Of a flag given twice the last counts.
final class MegatronCommand {
    /// @param written the flag as the script has it
    record Given(String written, List<ShellWord> values) {
        String text() {
            return String.join(" ", values.stream().map(ShellWord::text).toList());
        }

        List<String> unknown() {
            return values.stream()
                    .flatMap(value -> value.unknown().stream())
                    .distinct()
                    .toList();
        }
    }

    private final SequencedMap<String, Given> flags = new LinkedHashMap<>();
    private final LaunchNotes notes;

    private MegatronCommand(LaunchNotes notes) {
        this.notes = notes;
    }

    /// The command with the most flags that are Megatron's; one that is run whatever happens goes before others.
    ///
    /// @throws InputException when no command has any
    static MegatronCommand find(String name, List<ShellCommand> commands, LaunchNotes notes) {
        ShellCommand chosen = commands.stream()
                .filter(command -> knownFlags(command) > 0)
                .max(Comparator.comparing(ShellCommand::place, Comparator.reverseOrder())
                        .thenComparingLong(MegatronCommand::knownFlags))
                .orElseThrow(() -> InputException.unreadable(
                        name + ": found no flag of Megatron-LM, expected some such as --tensor-model-parallel-size",
                        "Give the shell script or the command line that starts the run."));
        for (ShellCommand other : commands) {
            if (!other.equals(chosen) && knownFlags(other) > 0) {
                notes.ignored(
                        "line " + other.line(),
                        other.words().getFirst().text(),
                        other.place() == Place.CONDITIONAL
                                ? "within a condition or loop, which is not followed"
                                : "another command with flags");
            }
        }
        MegatronCommand command = new MegatronCommand(notes);
        command.read(words(chosen));
        return command;
    }

    /// What the flag was given; the empty text for a switch.
    Optional<Given> take(String usualName) {
        return Optional.ofNullable(flags.remove(usualName));
    }

    /// The flags that nobody took.
    Map<String, Given> rest() {
        return flags;
    }

    private static long knownFlags(ShellCommand command) {
        return words(command).stream()
                .filter(word -> isFlag(word) && MegatronFlags.isKnown(MegatronFlags.usualName(flagOf(word))))
                .count();
    }

    /// The words, those taken apart that are command lines themselves, as in `sh -c "python ... --bf16"`.
    private static List<ShellWord> words(ShellCommand command) {
        List<ShellWord> words = new ArrayList<>();
        for (ShellWord word : command.words()) {
            if (word.text().matches("(?s)(.*\\s)?--\\S+\\s.*")) {
                Arrays.stream(word.text().strip().split("\\s+", -1))
                        .map(part -> new ShellWord(
                                part,
                                word.unknown().stream().filter(part::contains).toList()))
                        .forEach(words::add);
            } else {
                words.add(word);
            }
        }
        return words;
    }

    private void read(List<ShellWord> words) {
        for (int at = 0; at < words.size(); ) {
            ShellWord word = words.get(at++);
            if (!isFlag(word)) {
                continue;
            }
            String written = flagOf(word);
            List<ShellWord> values = new ArrayList<>();
            int equals = word.text().indexOf('=');
            if (equals >= 0) {
                values.add(new ShellWord(word.text().substring(equals + 1), word.unknown()));
            } else {
                int most = most(MegatronFlags.arity(MegatronFlags.usualName(written)));
                while (at < words.size() && values.size() < most && !isFlag(words.get(at))) {
                    values.add(words.get(at++));
                }
            }
            put(new Given(written, values));
        }
    }

    private static int most(MegatronFlags.Arity arity) {
        return switch (arity) {
            case SWITCH -> 0;
            case ONE -> 1;
            case SEVERAL -> Integer.MAX_VALUE;
        };
    }

    private void put(Given given) {
        String name = MegatronFlags.usualName(given.written());
        Given before = flags.put(name, given);
        if (before != null && !before.text().equals(given.text())) {
            notes.ignored(before.written(), before.text(), "given again later: the last one counts");
        }
    }

    private static boolean isFlag(ShellWord word) {
        return word.text().length() > 2 && word.text().startsWith("--");
    }

    private static String flagOf(ShellWord word) {
        int equals = word.text().indexOf('=');
        return equals < 0 ? word.text() : word.text().substring(0, equals);
    }
}
