package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.json.JsonArray;
import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNull;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.model.failure.InputException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Takes keys of one architecture's metadata over into the keys of a config.
final class GgufKeys {
    private static final long MOST_LAYERS = 10_000;

    private final GgufMetadata metadata;
    private final String architecture;
    private final Map<String, Dimensions> tensors = new HashMap<>();
    private final LinkedHashMap<String, JsonValue> config = new LinkedHashMap<>();
    private final int blocks;

    GgufKeys(GgufFile file, String architecture) {
        this.metadata = file.metadata();
        this.architecture = architecture;
        for (StoredTensor tensor : file.checkpoint().tensors()) {
            tensors.put(tensor.name(), tensor.dimensions());
        }
        long count = whole("block_count").orElseThrow(() -> missing("block_count"));
        if (count < 1 || count > MOST_LAYERS) {
            throw wrong("block_count", Long.toString(count), "1 to 10,000");
        }
        blocks = (int) count;
    }

    /// Blocks in the file, further-token prediction included.
    int blocks() {
        return blocks;
    }

    OptionalLong whole(String key) {
        return metadata.whole(architecture + "." + key);
    }

    long wholeOr(String key, long fallback) {
        return whole(key).orElse(fallback);
    }

    OptionalDouble real(String key) {
        return metadata.real(architecture + "." + key);
    }

    Optional<String> text(String key) {
        return metadata.text(architecture + "." + key);
    }

    boolean flag(String key) {
        return metadata.flag(architecture + "." + key).orElse(false);
    }

    boolean isArray(String key) {
        return metadata.value(architecture + "." + key).stream().anyMatch(GgufValue.Array.class::isInstance);
    }

    /// One number for each block, whether the file gives one for all or an array; empty where it gives none.
    List<Long> each(String key) {
        return metadata.perLayer(architecture + "." + key, blocks).orElse(List.of());
    }

    /// A truth value for each block; empty where there is none, or a number in its place.
    List<Boolean> flags(String key) {
        Optional<GgufValue> value = metadata.value(architecture + "." + key);
        if (value.isPresent() && value.get() instanceof GgufValue.Array(List<GgufValue> elements)) {
            return elements.stream()
                    .map(element -> element instanceof GgufValue.Flag(boolean flag)
                            ? flag
                            : element instanceof GgufValue.Whole whole
                                    && whole.value().signum() != 0)
                    .toList();
        }
        return List.of();
    }

    /// The largest of a number that may differ between blocks: where some have none, what the others have.
    ///
    /// @throws InputException when blocks have different numbers above 0
    OptionalLong common(String key) {
        List<Long> each = each(key);
        if (each.isEmpty()) {
            return OptionalLong.empty();
        }
        long largest = Collections.max(each);
        for (long one : each) {
            if (one != largest && one != 0) {
                throw InputException.unsupported(
                        metadata.file() + ": " + architecture + "." + key + ": found " + one + " and " + largest
                                + ", expected the same in every layer of this architecture",
                        "Give the model's config.json instead.");
            }
        }
        return OptionalLong.of(largest);
    }

    Optional<Dimensions> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    boolean holds(String name) {
        return tensors.containsKey(name);
    }

    /// Whether any block has a tensor of that name.
    boolean anyBlockHolds(String name) {
        for (int block = 0; block < blocks; block++) {
            if (blockHolds(block, name)) {
                return true;
            }
        }
        return false;
    }

    boolean blockHolds(int block, String name) {
        return tensors.containsKey("blk." + block + "." + name);
    }

    /// Rows of the token table, or as many as the file names tokens.
    OptionalLong vocabulary() {
        Optional<Dimensions> table = tensor("token_embd.weight").filter(dimensions -> dimensions.rank() == 2);
        if (table.isPresent()) {
            return OptionalLong.of(table.get().sizes().getFirst());
        }
        OptionalLong said = whole("vocab_size");
        return said.isPresent() ? said : metadata.arrayLength("tokenizer.ggml.tokens");
    }

    GgufKeys put(String key, long number) {
        config.put(key, new JsonNumber(Long.toString(number)));
        return this;
    }

    GgufKeys put(String key, double number) {
        config.put(key, new JsonNumber(Double.isFinite(number) ? Double.toString(number) : "NaN"));
        return this;
    }

    GgufKeys put(String key, String text) {
        config.put(key, new JsonText(text));
        return this;
    }

    GgufKeys putTruth(String key, boolean truth) {
        config.put(key, new JsonBoolean(truth));
        return this;
    }

    GgufKeys putNull(String key) {
        config.put(key, new JsonNull());
        return this;
    }

    GgufKeys putTexts(String key, List<String> texts) {
        config.put(
                key, new JsonArray(texts.stream().<JsonValue>map(JsonText::new).toList()));
        return this;
    }

    GgufKeys putObjects(String key, List<JsonObject> objects) {
        config.put(key, new JsonArray(List.copyOf(objects)));
        return this;
    }

    GgufKeys putObject(String key, Map<String, JsonValue> members) {
        config.put(key, new JsonObject(new LinkedHashMap<>(members)));
        return this;
    }

    /// Takes a whole number over under another key, where the file has it.
    GgufKeys copy(String to, String from) {
        whole(from).ifPresent(number -> put(to, number));
        return this;
    }

    GgufKeys copyReal(String to, String from) {
        real(from).ifPresent(number -> put(to, number));
        return this;
    }

    GgufKeys remove(String key) {
        config.remove(key);
        return this;
    }

    JsonObject config() {
        return new JsonObject(config);
    }

    InputException wrong(String key, String found, String expected) {
        return InputException.unreadable(
                metadata.file() + ": " + architecture + "." + key + ": found " + found + ", expected " + expected,
                "The file is damaged, or was converted by a faulty tool: convert or fetch it again.");
    }

    InputException missing(String key) {
        return InputException.unreadable(
                metadata.file() + ": " + architecture + "." + key + ": not there, expected a whole number",
                "The file is incomplete, or holds no language model: fetch it again.");
    }
}
