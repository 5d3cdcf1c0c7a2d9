package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// The keys that mean the same in many families' configs.
final class Keys {
    static final int MOST_LAYERS = 10_000;
    private static final Map<String, ActivationFunction> ACTIVATIONS = Map.ofEntries(
            Map.entry("relu", ActivationFunction.RELU),
            Map.entry("relu2", ActivationFunction.RELU_SQUARED),
            Map.entry("gelu", ActivationFunction.GELU),
            Map.entry("gelu_python", ActivationFunction.GELU),
            Map.entry("gelu_new", ActivationFunction.GELU_TANH),
            Map.entry("gelu_fast", ActivationFunction.GELU_TANH),
            Map.entry("gelu_pytorch_tanh", ActivationFunction.GELU_TANH),
            Map.entry("quick_gelu", ActivationFunction.GELU_QUICK),
            Map.entry("silu", ActivationFunction.SILU),
            Map.entry("swish", ActivationFunction.SILU),
            Map.entry("swiglu", ActivationFunction.SILU),
            Map.entry("tanh", ActivationFunction.TANH),
            Map.entry("sigmoid", ActivationFunction.SIGMOID),
            Map.entry("xielu", ActivationFunction.XIELU));

    private Keys() {}

    /// The family's name, for printing.
    static String architecture(Config config) {
        return Families.modelType(config);
    }

    static long hidden(Config config) {
        return config.size("hidden_size", "n_embd", "n_embed", "d_model", "dim");
    }

    static int layers(Config config) {
        return layers(config, "num_hidden_layers", "n_layer", "n_layers", "num_layers");
    }

    /// The number of layers that the first of the keys gives.
    static int layers(Config config, String... keys) {
        long layers = config.size(keys);
        if (layers > MOST_LAYERS) {
            throw config.invalid(config.present(keys), Long.toString(layers), "at most " + MOST_LAYERS + " layers");
        }
        return (int) layers;
    }

    static long vocabulary(Config config) {
        return config.size("vocab_size", "padded_vocab_size");
    }

    static OptionalLong maxPositions(Config config) {
        return config.optionalSize("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length");
    }

    static long queryHeads(Config config) {
        return config.size("num_attention_heads", "n_head", "n_heads", "num_heads");
    }

    /// Heads where each key says what it says: key/value heads default to the query heads, the head size to `h / a`.
    static Heads heads(Config config) {
        return heads(config, queryHeads(config));
    }

    /// Heads with a family's own default for the key/value heads.
    static Heads heads(Config config, long defaultKeyValueHeads) {
        long queryHeads = queryHeads(config);
        OptionalLong headSize = config.optionalSize("head_dim", "attention_head_dim", "kv_channels");
        return heads(
                config,
                config.sizeOr(defaultKeyValueHeads, "num_key_value_heads", "n_head_kv", "num_kv_heads"),
                headSize.orElseGet(() -> evenHeadSize(config, queryHeads)));
    }

    /// As many key/value heads as query heads, whatever the config says, and `h / a` wide.
    static Heads evenHeads(Config config) {
        long queryHeads = queryHeads(config);
        return heads(config, queryHeads, evenHeadSize(config, queryHeads));
    }

    /// Heads with both given.
    static Heads heads(Config config, long keyValueHeads, long headSize) {
        long queryHeads = queryHeads(config);
        if (queryHeads % keyValueHeads != 0) {
            throw config.invalid(
                    "num_key_value_heads",
                    Long.toString(keyValueHeads),
                    "a divisor of the " + queryHeads + " query heads");
        }
        return new Heads(queryHeads, keyValueHeads, headSize);
    }

    /// `h / a`, which must be whole.
    static long evenHeadSize(Config config, long queryHeads) {
        long hidden = hidden(config);
        if (hidden % queryHeads != 0) {
            throw config.invalid(
                    "num_attention_heads",
                    Long.toString(queryHeads),
                    "a divisor of the hidden size " + hidden + ", since no head_dim is given");
        }
        return hidden / queryHeads;
    }

    /// `h / a` with the heads under a key of their own, which must be whole.
    static long evenHeadSize(Config config, String key, long hidden) {
        long heads = config.size(key);
        if (hidden % heads != 0) {
            throw config.invalid(key, Long.toString(heads), "a divisor of the hidden size " + hidden);
        }
        return hidden / heads;
    }

    static NormRecipe rootMeanSquare(Config config) {
        return NormRecipe.rootMeanSquare(
                config.realOr(1e-6, "rms_norm_eps", "layer_norm_epsilon", "norm_eps", "layernorm_epsilon"));
    }

    /// @param further keys of a family's own
    static NormRecipe layerNorm(Config config, String... further) {
        List<String> keys = new ArrayList<>(
                List.of("layer_norm_eps", "layer_norm_epsilon", "norm_eps", "norm_epsilon", "layernorm_epsilon"));
        keys.addAll(List.of(further));
        return NormRecipe.layer(config.realOr(1e-5, keys.toArray(String[]::new)));
    }

    /// The feed-forward network's function, by the name the config gives it.
    static ActivationFunction activation(Config config, ActivationFunction familyDefault, String... keys) {
        Optional<String> name = config.text(
                keys.length > 0
                        ? keys
                        : new String[] {"hidden_act", "hidden_activation", "activation_function", "mlp_hidden_act"});
        if (name.isEmpty()) {
            return familyDefault;
        }
        ActivationFunction function = ACTIVATIONS.get(name.get());
        if (function == null) {
            throw config.unsupported(
                    "hidden_act",
                    name.get(),
                    "one of "
                            + String.join(
                                    ", ", ACTIVATIONS.keySet().stream().sorted().toList()));
        }
        return function;
    }

    static Presence presence(boolean there) {
        return there ? Presence.PRESENT : Presence.ABSENT;
    }

    /// The projections with a bias, where query, key and value go together.
    static Projection[] projections(Presence queryKeyValue, Presence output) {
        List<Projection> biased = new ArrayList<>();
        if (queryKeyValue == Presence.PRESENT) {
            biased.addAll(List.of(Projection.QUERY, Projection.KEY, Projection.VALUE));
        }
        if (output == Presence.PRESENT) {
            biased.add(Projection.OUTPUT);
        }
        return biased.toArray(Projection[]::new);
    }

    /// Whether head and token table are one, as the config says, or else as the family does.
    static HeadRecipe.Weights headWeights(Config config, HeadRecipe.Weights familyDefault) {
        return config.truth("tie_word_embeddings")
                .map(tied -> tied ? HeadRecipe.Weights.TIED : HeadRecipe.Weights.OWN)
                .orElse(familyDefault);
    }

    /// The head size: the class's own where the key is absent, `h / a` where it is null.
    static long headSize(Config config, long classDefault) {
        return config.isNull("head_dim")
                ? evenHeadSize(config, queryHeads(config))
                : config.sizeOr(classDefault, "head_dim");
    }

    /// A rotation of the whole head, or of the part the config names.
    static Rotary rotary(Config config, long headSize) {
        return rotary(config, headSize, 1, Rotary.Pairing.HALVES);
    }

    /// A rotation of a part of the head.
    ///
    /// @param defaultPart the family's, where the config names none
    static Rotary rotary(Config config, long headSize, double defaultPart, Rotary.Pairing pairing) {
        double part = ropeReal(config, defaultPart, "partial_rotary_factor", "rotary_pct", "rope_pct");
        if (part <= 0 || part > 1) {
            throw config.invalid("partial_rotary_factor", Double.toString(part), "more than 0 and at most 1");
        }
        long size = (long) (headSize * part) / 2 * 2;
        if (size == 0) {
            throw config.invalid("head_dim", Long.toString(headSize), "a size of which at least 2 elements can turn");
        }
        return rotary(config, size, pairing, Rotary.End.FIRST);
    }

    /// The rotation of layers of one type, where the config says it for each type.
    ///
    /// @param otherwise where it does not
    static Rotary rotary(Config config, String layerType, Rotary otherwise) {
        Optional<Config> own = config.nested("rope_parameters").flatMap(all -> all.nested(layerType));
        return own.map(how -> new Rotary(
                        otherwise.size(),
                        how.realOr(otherwise.base(), "rope_theta"),
                        otherwise.pairing(),
                        otherwise.where(),
                        scaling(how, config)))
                .orElse(otherwise);
    }

    static Rotary rotary(Config config, long size, Rotary.Pairing pairing, Rotary.End where) {
        if (size < 2 || size % 2 != 0) {
            throw config.invalid("head_dim", Long.toString(size), "an even number, since rotary positions turn pairs");
        }
        double base = ropeReal(config, 10_000, "rope_theta", "rotary_emb_base", "rotary_base");
        return new Rotary(size, base, pairing, where, scaling(config));
    }

    private static double ropeReal(Config config, double fallback, String... keys) {
        return config.optionalReal(keys)
                .orElseGet(() -> config.nested("rope_parameters", "rope_scaling")
                        .flatMap(
                                rope -> rope.optionalReal(keys).stream().boxed().findFirst())
                        .orElse(fallback));
    }

    private static RotaryScaling scaling(Config config) {
        return config.nested("rope_scaling", "rope_parameters")
                .map(how -> scaling(how, config))
                .orElse(new RotaryScaling.None());
    }

    private static RotaryScaling scaling(Config how, Config config) {
        double factor = how.realOr(1, "factor");
        long trained = how.optionalSize("original_max_position_embeddings")
                .orElseGet(() -> config.sizeOr(maxPositions(config).orElse(2048), "original_max_position_embeddings"));
        return switch (how.text("rope_type", "type").orElse("default")) {
            case "linear" -> new RotaryScaling.Linear(factor);
            case "dynamic" -> new RotaryScaling.Dynamic(factor, trained);
            case "yarn" -> yarn(how, factor, trained);
            case "llama3" ->
                new RotaryScaling.Llama3(
                        factor, how.realOr(1, "low_freq_factor"), how.realOr(4, "high_freq_factor"), trained);
            case "longrope", "su" -> new RotaryScaling.LongRope(trained);
            // "default", and sections that split a head between text and image positions: no stretching.
            default -> new RotaryScaling.None();
        };
    }

    private static RotaryScaling yarn(Config how, double factor, long trained) {
        double scale = how.realOr(0, "mscale");
        double scaleOfScores = how.realOr(0, "mscale_all_dim");
        double attentionFactor = scale == 0 || scaleOfScores == 0
                ? RotaryScaling.Yarn.attentionFactor(factor, 1)
                : RotaryScaling.Yarn.attentionFactor(factor, scale)
                        / RotaryScaling.Yarn.attentionFactor(factor, scaleOfScores);
        return new RotaryScaling.Yarn(
                factor,
                trained,
                how.realOr(32, "beta_fast"),
                how.realOr(1, "beta_slow"),
                how.realOr(attentionFactor, "attention_factor"),
                how.isFalse("truncate") ? RotaryScaling.RampEnds.EXACT : RotaryScaling.RampEnds.WHOLE_PAIRS);
    }

    /// For each layer its type, from `layer_types` where the config lists them, else by the family's rule.
    static IntFunction<String> layerTypes(Config config, IntFunction<String> familyRule) {
        List<String> types = config.texts("layer_types");
        if (types.isEmpty()) {
            return familyRule;
        }
        if (types.size() < layers(config)) {
            throw config.invalid(
                    "layer_types", "a list of " + types.size(), "a type for each of the " + layers(config) + " layers");
        }
        return types::get;
    }
}
