package dev.plimsoll.formats.model;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;

/// A model by Megatron-LM's shape flags in the place of a file.
///
/// @param feedForwardSize empty for 4h, or with a gate for 8h/3 rounded down to a multiple of 64
/// @param keyValueHeads empty for as many as attention heads
/// @param headSize empty for the hidden size over the attention heads
/// @param vocabulary before it is padded
/// @param vocabularyMultiple what it is padded to a multiple of
/// @param switches what is not as Megatron has it by default
/// @param assumed the flags that were not given, each with what was taken for it
public record MegatronShape(
        long layers,
        long hiddenSize,
        OptionalLong feedForwardSize,
        long attentionHeads,
        OptionalLong keyValueHeads,
        OptionalLong headSize,
        long maxPositions,
        long vocabulary,
        long vocabularyMultiple,
        Switches switches,
        List<String> assumed) {
    /// @param normalization `LayerNorm` or `RMSNorm`
    /// @param positions `learned_absolute`, `rope` or `none`
    public record Switches(String normalization, String positions, Choice gated, Choice biases, Choice tiedHead) {}

    /// Yes or no.
    public enum Choice {
        YES,
        NO
    }

    public MegatronShape {
        assumed = List.copyOf(assumed);
    }

    /// The model of this shape.
    ///
    /// @throws dev.plimsoll.model.failure.InputException for sizes that make no model
    public LoadedModel read() {
        String name = "Megatron shape";
        ModelBuilder builder = new ModelBuilder(name, "shape flags, with Megatron-LM's defaults for the rest")
                .config(new Config(name, config()));
        if (!assumed.isEmpty()) {
            builder.note(Note.always("assumed, as Megatron-LM does: " + String.join(", ", assumed)));
        }
        return builder.build();
    }

    private JsonObject config() {
        LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
        members.put("model_type", new JsonText("megatron"));
        members.put("num_hidden_layers", number(layers));
        members.put("hidden_size", number(hiddenSize));
        members.put("intermediate_size", number(feedForwardSize.orElseGet(this::usualFeedForwardSize)));
        members.put("num_attention_heads", number(attentionHeads));
        keyValueHeads.ifPresent(heads -> members.put("num_key_value_heads", number(heads)));
        headSize.ifPresent(size -> members.put("head_dim", number(size)));
        members.put("max_position_embeddings", number(maxPositions));
        members.put(
                "vocab_size",
                number(Math.multiplyExact(Math.ceilDiv(vocabulary, vocabularyMultiple), vocabularyMultiple)));
        members.put("normalization", new JsonText(switches.normalization()));
        members.put("position_embedding_type", new JsonText(switches.positions()));
        members.put("swiglu", truth(switches.gated()));
        members.put("add_bias_linear", truth(switches.biases()));
        members.put("tie_word_embeddings", truth(switches.tiedHead()));
        return new JsonObject(members);
    }

    private long usualFeedForwardSize() {
        long wide = Math.multiplyExact(4, hiddenSize);
        return switch (switches.gated()) {
            case NO -> wide;
            case YES -> wide * 2 / 3 / 64 * 64;
        };
    }

    private static JsonNumber number(long value) {
        return new JsonNumber(Long.toString(value));
    }

    private static JsonBoolean truth(Choice choice) {
        return new JsonBoolean(choice == Choice.YES);
    }
}
