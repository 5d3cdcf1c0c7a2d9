package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.json.JsonArray;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.formats.names.GptNamings;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// GPT-Neo: GPT-2 with unscaled scores, a bias on the output projection only, and a window over some layers.
final class GptNeoFamily {
    private GptNeoFamily() {}

    static Decoder gptNeo(Config config) {
        List<String> kinds = kinds(config);
        long window = config.sizeOr(256, "window_size");
        return GptFamilies.gpt2(config, GptNamings.GPT_NEO, Keys.queryHeads(config))
                .attention((layer, attention) -> attention
                        .withBiased(Projection.OUTPUT)
                        .withScores(attention.scores().withScale(1))
                        .withMask(mask(config, kinds.get(layer % kinds.size()), window)));
    }

    private static AttentionMask mask(Config config, String kind, long window) {
        return switch (kind) {
            case "global" -> new AttentionMask.Causal();
            case "local" -> new AttentionMask.SlidingWindow(window);
            default -> throw config.unsupported("attention_types", "'" + kind + "'", "global or local");
        };
    }

    /// `attention_layers` lists them; `attention_types` holds pairs of a pattern and how often it is repeated.
    private static List<String> kinds(Config config) {
        int layers = Keys.layers(config);
        List<String> kinds = new ArrayList<>(config.texts("attention_layers"));
        List<JsonValue> types = config.list("attention_types");
        if (kinds.isEmpty() && types.isEmpty()) {
            return List.of("global", "local");
        }
        if (kinds.isEmpty()) {
            types.forEach(type -> kinds.addAll(repeated(config, type, layers)));
        }
        if (kinds.size() < layers) {
            throw config.invalid(
                    "attention_types", "a list for " + kinds.size() + " layers", "one for all " + layers + " layers");
        }
        return kinds;
    }

    private static List<String> repeated(Config config, JsonValue type, int layers) {
        if (!(type instanceof JsonArray(List<JsonValue> pair))
                || pair.size() != 2
                || !(pair.getFirst() instanceof JsonArray(List<JsonValue> pattern))
                || !(pair.getLast() instanceof JsonNumber number)) {
            throw malformed(config);
        }
        OptionalLong times = number.whole();
        if (pattern.isEmpty() || times.isEmpty() || times.getAsLong() < 0) {
            throw malformed(config);
        }
        List<String> kinds = new ArrayList<>();
        // More repetitions than there are layers say nothing more.
        for (long i = 0; i < times.getAsLong() && kinds.size() < layers; i++) {
            for (JsonValue kind : pattern) {
                if (!(kind instanceof JsonText(String text))) {
                    throw malformed(config);
                }
                kinds.add(text);
            }
        }
        return kinds;
    }

    private static InputException malformed(Config config) {
        return config.invalid(
                "attention_types",
                "of another form",
                "pairs of a pattern and a number, as [[\"global\", \"local\"], 12]");
    }
}
