package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.model.units.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// The config that a GGUF file's metadata amount to, in the keys of Hugging Face, so that the same families describe
/// the model.
///
/// What the metadata leave out the tensors show: the rows of the token table, whether a head of its own is there, which
/// projections have a bias. Source of the keys: the constants of llama.cpp's `gguf-py` and its conversion of each
/// architecture.
public final class GgufConfig {
    private GgufConfig() {}

    /// The architecture that the file names.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when it is no text
    public static Optional<String> architecture(GgufFile file) {
        return file.metadata().text("general.architecture");
    }

    /// Why there is no config, where there is none: one clause.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when the architecture is no text
    public static String whyNone(GgufFile file) {
        if (file.checkpoint().tensors().isEmpty()) {
            return "the GGUF file holds no tensors";
        }
        Optional<String> architecture = architecture(file);
        if (architecture.isEmpty()) {
            return "the GGUF file names no architecture";
        }
        String name = "GGUF architecture '" + Text.printable(architecture.get()) + "' is ";
        return GgufArchitectures.whyNotDescribed(architecture.get())
                .map(why -> name + "not described here: " + why)
                .orElse(name + "no known one");
    }

    /// Empty where the architecture is missing or unknown here, or the file holds a vocabulary and no tensors.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when a key has a value that makes no sense
    public static Optional<JsonObject> of(GgufFile file) {
        Optional<String> architecture = architecture(file);
        Optional<GgufArchitecture> known = architecture.flatMap(GgufArchitectures::find);
        if (known.isEmpty() || file.checkpoint().tensors().isEmpty()) {
            return Optional.empty();
        }
        GgufKeys keys = new GgufKeys(file, architecture.get());
        keys.put("model_type", known.get().modelType());
        sizes(keys);
        heads(keys);
        positions(keys);
        biases(keys);
        known.get().difference().apply(keys);
        return Optional.of(keys.config());
    }

    private static void sizes(GgufKeys keys) {
        long further = keys.wholeOr("nextn_predict_layers", 0);
        if (further < 0 || further >= keys.blocks()) {
            throw keys.wrong("nextn_predict_layers", Long.toString(further), "fewer than the blocks");
        }
        keys.put("num_hidden_layers", keys.blocks() - further);
        if (further > 0) {
            keys.put("num_nextn_predict_layers", further);
        }
        keys.copy("hidden_size", "embedding_length");
        keys.vocabulary().ifPresent(rows -> keys.put("vocab_size", rows));
        if (!keys.isArray("feed_forward_length")) {
            keys.copy("intermediate_size", "feed_forward_length");
        }
        keys.copyReal("rms_norm_eps", "attention.layer_norm_rms_epsilon");
        keys.copyReal("layer_norm_eps", "attention.layer_norm_epsilon");
        if (keys.holds("token_embd.weight")) {
            keys.putTruth("tie_word_embeddings", !keys.holds("output.weight"));
        }
    }

    private static void heads(GgufKeys keys) {
        if (!keys.isArray("attention.head_count")) {
            keys.copy("num_attention_heads", "attention.head_count");
        }
        if (!keys.isArray("attention.head_count_kv")) {
            keys.whole("attention.head_count_kv").stream()
                    .filter(heads -> heads > 0)
                    .forEach(heads -> keys.put("num_key_value_heads", heads));
        }
        keys.copy("head_dim", "attention.key_length");
        keys.copy("sliding_window", "attention.sliding_window");
        if (keys.whole("attention.sliding_window").isEmpty()) {
            keys.putNull("sliding_window");
        }
    }

    private static void positions(GgufKeys keys) {
        keys.copy("max_position_embeddings", "context_length");
        keys.copyReal("rope_theta", "rope.freq_base");
        OptionalLong turned = keys.whole("rope.dimension_count");
        OptionalLong head = keys.whole("attention.key_length");
        if (turned.isPresent() && head.isPresent() && turned.getAsLong() < head.getAsLong()) {
            keys.put("partial_rotary_factor", (double) turned.getAsLong() / head.getAsLong());
        }
        Optional<String> scaling = keys.text("rope.scaling.type").filter(type -> !type.equals("none"));
        OptionalDouble factor = keys.real("rope.scaling.factor");
        if (scaling.isPresent() && factor.isPresent()) {
            Map<String, JsonValue> rope = new LinkedHashMap<>();
            rope.put("rope_type", new JsonText(scaling.get()));
            rope.put("factor", new JsonNumber(Double.toString(factor.getAsDouble())));
            keys.whole("rope.scaling.original_context_length")
                    .ifPresent(tokens ->
                            rope.put("original_max_position_embeddings", new JsonNumber(Long.toString(tokens))));
            keys.putObject("rope_scaling", rope);
        }
    }

    /// Files keep no flag for a bias, but the bias itself.
    private static void biases(GgufKeys keys) {
        keys.putTruth("attention_bias", keys.anyBlockHolds("attn_q.bias") || keys.anyBlockHolds("attn_qkv.bias"));
        keys.putTruth("mlp_bias", keys.anyBlockHolds("ffn_up.bias"));
    }
}
