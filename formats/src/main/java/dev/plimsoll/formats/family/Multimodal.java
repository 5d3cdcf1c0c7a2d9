package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What language models that see have in common: a text under a prefix of its own, chosen by its own `model_type`, and
/// patches that are merged.
final class Multimodal {
    /// A text model inside another: the numbers that its class has where a config leaves them out, and its family.
    private record Text(Map<String, Long> defaults, Function<Config, Decoder> family) {}

    private static final Map<String, Text> TEXTS = Map.of(
            "llama", new Text(sizes(4096, 11_008, 32, 32_000), LlamaFamilies::llama),
            "mistral", new Text(sizes(4096, 14_336, 32, 32_000), LlamaFamilies::mistral),
            "ministral3", new Text(sizes(4096, 14_336, 34, 131_072), LlamaFamilies::ministral3),
            "qwen2", new Text(sizes(4096, 22_016, 32, 151_936), LlamaFamilies::qwen2),
            "qwen3", new Text(sizes(4096, 22_016, 32, 151_936), LlamaFamilies::qwen3));

    private Multimodal() {}

    /// The text model that the nested config describes.
    ///
    /// @param familyDefault its `model_type` where it names none
    static Decoder text(Config config, String familyDefault) {
        Config nested = nestedText(config);
        String type = nested.text("model_type").orElse(familyDefault);
        Text text = TEXTS.get(type);
        if (text == null) {
            throw nested.unsupported(
                    "model_type",
                    type,
                    "one of "
                            + String.join(", ", TEXTS.keySet().stream().sorted().toList()));
        }
        return text.family().apply(nested.withDefaults(text.defaults()));
    }

    /// The text's config: nested under one of its names, or the model's own.
    static Config nestedText(Config config) {
        return config.nested("text_config", "llm_config", "language_config").orElse(config);
    }

    /// The text's config with its class's sizes where it is nested and leaves them out.
    static Config nestedText(Config config, Map<String, Long> sizes) {
        Config text = nestedText(config);
        return text.equals(config) ? config : text.withDefaults(sizes);
    }

    /// The whole model. Its files call the text's tensors by several prefixes, by the version that wrote them.
    static Transformer describe(Config config, Decoder text, List<Part> towers) {
        return text.naming(naming -> naming.readAs("model.", "model.language_model.", "language_model.model.", "model.")
                        .readAs("lm_head", "lm_head", "language_model.lm_head"))
                .transformer(config, towers);
    }

    /// A vision tower's attention with rotary positions. Patches have two: the angles of one half of a head's pairs
    /// grow with the row, those of the other with the column, which costs what one position costs.
    static SelfAttention rotated(Heads heads, Rotary.Pairing pairing, double base) {
        Rotary rotary = new Rotary(heads.headSize(), base, pairing, Rotary.End.FIRST, new RotaryScaling.None());
        return SelfAttention.encoder(heads).withRotary(Optional.of(rotary));
    }

    /// Square neighbourhoods of patches beside one another in one token.
    ///
    /// @param side patches along one side of a neighbourhood
    /// @param inner the axes of a merged token, in the order its tensor has them
    static Value merge(BlockBuilder block, Value patches, long side, Shape inner) {
        return block.append(new Operator.TokenPooling(
                "projector.merged",
                Role.PROJECTOR,
                patches,
                new Pooling.Merge(Math.multiplyExact(side, side)),
                Value.activation(
                        "projector.merged",
                        Shape.open(Axis.BATCH, Axis.MERGED_PATCHES).then(inner))));
    }

    private static Map<String, Long> sizes(long hidden, long intermediate, long layers, long vocabulary) {
        return Map.of(
                "hidden_size", hidden,
                "intermediate_size", intermediate,
                "num_hidden_layers", layers,
                "num_attention_heads", 32L,
                "vocab_size", vocabulary);
    }
}
