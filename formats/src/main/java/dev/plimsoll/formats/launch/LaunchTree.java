package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.json.JsonArray;
import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNull;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;

/// The entries of a JSON or TOML config by their paths, for example `zero_optimization.stage`, each noted as
/// understood when it is asked for.
final class LaunchTree {
    /// What stands for a value that the program fills in.
    private static final String LEFT_OPEN = "auto";

    private static final int LONGEST_LIST = 10_000;

    private final SequencedMap<String, JsonValue> leaves = new LinkedHashMap<>();
    private final LaunchNotes notes;

    LaunchTree(JsonObject root, LaunchNotes notes) {
        this.notes = notes;
        collect("", root);
    }

    private void collect(String prefix, JsonObject object) {
        object.members().forEach((key, value) -> {
            if (value instanceof JsonObject inner) {
                collect(prefix + key + ".", inner);
            } else {
                leaves.put(prefix + key, value);
            }
        });
    }

    /// Whether anything stands there, a table included.
    boolean has(String path) {
        return leaves.keySet().stream().anyMatch(leaf -> leaf.equals(path) || leaf.startsWith(path + "."));
    }

    /// A whole number of at least `least`; a value left open counts as none.
    OptionalLong whole(String path, long least, String meaning) {
        Optional<JsonValue> value = take(path);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong number = value.get() instanceof JsonNumber found ? found.whole() : OptionalLong.empty();
        if (number.isEmpty() || number.getAsLong() < least) {
            throw notes.invalid(path, describe(value.get()), "a whole number of at least " + least);
        }
        notes.understood(path, describe(value.get()), meaning);
        return number;
    }

    OptionalLong count(String path, String meaning) {
        return whole(path, 1, meaning);
    }

    Optional<Boolean> truth(String path, String meaning) {
        Optional<JsonValue> value = take(path);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof JsonBoolean(boolean truth))) {
            throw notes.invalid(path, describe(value.get()), "true or false");
        }
        notes.understood(path, describe(value.get()), meaning);
        return Optional.of(truth);
    }

    boolean isOn(String path, String meaning) {
        return truth(path, meaning).orElse(false);
    }

    /// A text; a whole number is taken as one.
    Optional<String> text(String path, String meaning) {
        Optional<JsonValue> value = take(path);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        String text = switch (value.get()) {
            case JsonText(String found) -> found;
            case JsonNumber(String found) -> found;
            case JsonBoolean _, JsonNull _, JsonArray _, JsonObject _ ->
                throw notes.invalid(path, describe(value.get()), "a text");
        };
        notes.understood(path, text, meaning);
        return Optional.of(text);
    }

    /// A list of texts, or one text with commas.
    List<String> texts(String path, String meaning) {
        Optional<JsonValue> value = take(path);
        if (value.isEmpty()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        switch (value.get()) {
            case JsonText(String found) -> texts.addAll(List.of(found.split("\\s*,\\s*", -1)));
            case JsonArray(List<JsonValue> elements) -> {
                for (JsonValue element : elements) {
                    if (!(element instanceof JsonText(String text))) {
                        throw notes.invalid(path, describe(element), "a list of texts");
                    }
                    texts.add(text);
                }
            }
            case JsonBoolean _, JsonNull _, JsonNumber _, JsonObject _ ->
                throw notes.invalid(path, describe(value.get()), "a list of texts");
        }
        notes.understood(path, describe(value.get()), meaning);
        return texts;
    }

    /// A list of lists of texts.
    List<List<String>> lists(String path, String meaning) {
        Optional<JsonValue> value = take(path);
        if (value.isEmpty()) {
            return List.of();
        }
        List<List<String>> lists = new ArrayList<>();
        if (!(value.get() instanceof JsonArray(List<JsonValue> outer)) || outer.size() > LONGEST_LIST) {
            throw notes.invalid(path, describe(value.get()), "a list of lists of texts");
        }
        for (JsonValue inner : outer) {
            if (!(inner instanceof JsonArray(List<JsonValue> elements))) {
                throw notes.invalid(path, describe(inner), "a list of texts");
            }
            lists.add(elements.stream()
                    .filter(JsonText.class::isInstance)
                    .map(element -> ((JsonText) element).value())
                    .toList());
        }
        notes.understood(path, describe(value.get()), meaning);
        return lists;
    }

    /// Takes an entry away without use.
    void ignore(String path, String reason) {
        JsonValue value = leaves.remove(path);
        if (value != null) {
            notes.ignored(path, describe(value), reason);
        }
    }

    /// Notes what nobody asked for.
    ///
    /// @param reasons by the first key of a path
    void ignoreRest(Map<String, String> reasons) {
        leaves.forEach((path, value) -> notes.ignored(
                path, describe(value), reasons.getOrDefault(path.split("\\.", 2)[0], "not read by Plimsoll")));
    }

    private Optional<JsonValue> take(String path) {
        JsonValue value = leaves.remove(path);
        if (value instanceof JsonText(String text) && text.equals(LEFT_OPEN)) {
            notes.ignored(path, text, "left open: the launching program fills it in");
            return Optional.empty();
        }
        return value instanceof JsonNull ? Optional.empty() : Optional.ofNullable(value);
    }

    private static String describe(JsonValue value) {
        return switch (value) {
            case JsonText(String text) -> text;
            case JsonNumber(String text) -> text;
            case JsonArray _, JsonObject _, JsonBoolean _, JsonNull _ -> value.describe();
        };
    }
}
