package dev.plimsoll.formats.launch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The variables that a script sets.
final class ShellVariables {
    private final Map<String, List<ShellWord>> values = new HashMap<>();

    void set(String name, List<ShellWord> words) {
        values.put(name, List.copyOf(words));
    }

    /// Makes a variable unknown, whatever it was.
    void forget(String name) {
        values.remove(name);
    }

    /// The words of a variable; one for a text, several for an array.
    Optional<List<ShellWord>> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /// The value of a variable that holds one known text.
    Optional<String> text(String name) {
        return get(name)
                .filter(words -> words.size() == 1 && words.getFirst().unknown().isEmpty())
                .map(words -> words.getFirst().text());
    }
}
