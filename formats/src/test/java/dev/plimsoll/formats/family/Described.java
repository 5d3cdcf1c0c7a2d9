package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A model described from a config written in a test, and what the tests ask of it.
record Described(Transformer transformer) {
    /// The keys most families share: h 16, f 24, 4 layers, 4 query and 2 key/value heads of 4, V 100.
    static final String SMALL = """
            "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 4, "num_attention_heads": 4,
            "num_key_value_heads": 2, "vocab_size": 100""";

    /// @param keys further keys of a config, without braces
    static Described small(String modelType, String keys) {
        return of(modelType, keys.isEmpty() ? SMALL : SMALL + ", " + keys);
    }

    static Described of(String modelType, String keys) {
        return new Described(Families.describe(config("{\"model_type\": \"" + modelType + "\", " + keys + "}")));
    }

    static Config config(String json) {
        return new Config(
                "config.json", (JsonObject) JsonReader.read("config.json", json.getBytes(StandardCharsets.UTF_8)));
    }

    /// One part alone.
    Described part(String name) {
        Part part = transformer.parts().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new Described(new Transformer(transformer.architecture(), List.of(part), transformer.maxPositions()));
    }

    /// Logical parameters, shared ones once.
    long parameters() {
        return parameters(transformer.parts().stream().filter(Part::isLogical).toList());
    }

    /// Parameters of the parts that a checkpoint may lack and the logical count leaves out.
    long furtherParameters() {
        return parameters(transformer.parts()) - parameters();
    }

    private static long parameters(List<Part> parts) {
        return DistinctParameters.of(parts).stream()
                .mapToLong(occurrence -> occurrence.parameter().elements() * occurrence.copies())
                .sum();
    }

    /// What is called that, in each layer that has it, by the layer's number.
    <T extends Operator> Map<Long, T> operators(Class<T> kind, String name) {
        Map<Long, T> found = new TreeMap<>();
        for (LayerRun run : transformer.parts().getFirst().runs()) {
            for (Operator operator : run.block().operators()) {
                if (kind.isInstance(operator) && operator.name().equals(name)) {
                    for (long layer = run.first(); layer < run.first() + run.count(); layer++) {
                        found.put(layer, kind.cast(operator));
                    }
                }
            }
        }
        return found;
    }

    <T extends Operator> T first(Class<T> kind, String name) {
        return operators(kind, name).values().iterator().next();
    }

    /// The attention of each layer that attends.
    List<Operator.Attention> attentions() {
        return List.copyOf(operators(Operator.Attention.class, "attention.core").values());
    }

    /// In order, `full` or `sliding 512` for each layer that attends; any other mask as it prints itself.
    List<String> masks() {
        return attentions().stream()
                .map(attention -> attention.mask() instanceof AttentionMask.SlidingWindow window
                        ? "sliding " + window.size()
                        : attention.mask() instanceof AttentionMask.Causal
                                ? "full"
                                : attention.mask().toString())
                .toList();
    }

    /// The numbers of the layers that rotate their queries.
    List<Long> rotatedLayers() {
        return List.copyOf(operators(Operator.RotaryEmbedding.class, "attention.query_rotary")
                .keySet());
    }

    /// How a layer rotates its queries.
    Rotary rotary(long layer) {
        return Optional.ofNullable(operators(Operator.RotaryEmbedding.class, "attention.query_rotary")
                        .get(layer))
                .orElseThrow()
                .rotary();
    }

    /// The first name that Hugging Face's files give a parameter of the first block that has it.
    String tensor(String parameter) {
        return find(parameter).names().huggingFace().getFirst().pattern();
    }

    String ggufTensor(String parameter) {
        return find(parameter).names().gguf().getFirst().pattern();
    }

    Parameter find(String name) {
        List<Parameter> found = new ArrayList<>();
        for (DistinctParameters.Occurrence occurrence : DistinctParameters.of(transformer.parts())) {
            if (occurrence.parameter().name().equals(name)) {
                found.add(occurrence.parameter());
            }
        }
        return found.getFirst();
    }
}
