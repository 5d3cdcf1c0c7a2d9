package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.MixtureOfExperts.SharedExpert;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Nemotron-H (Nemotron 2 and 3): each layer is one mixer, of the kind that a letter of a pattern names.
///
/// `M` is a grouped state space, `*` attention without positions, `-` a feed-forward network, `E` experts, which may
/// work at a smaller width of their own. Source: the Nemotron-H and Nemotron 3 reports.
final class NemotronHybrid {
    static final Map<String, Family> ALL =
            Map.of("nemotron_h", config -> nemotronH(config).transformer());
    private static final Map<String, Character> LETTERS = Map.of(
            "mamba", 'M', "linear_attention", 'M', "attention", '*', "full_attention", '*', "mlp", '-', "moe", 'E');

    /// The pattern of the layers that predict a further token.
    private static final String FURTHER_PATTERN = "mtp_hybrid_override_pattern";

    private final Config config;
    private final Map<Character, Sublayer> made = new HashMap<>();

    private NemotronHybrid(Config config) {
        this.config = config;
    }

    static Decoder nemotronH(Config config) {
        NemotronHybrid hybrid = new NemotronHybrid(config);
        List<Sublayer> mixers = hybrid.mixers("hybrid_override_pattern", "layers_block_type", "layer_types");
        if (mixers.isEmpty()) {
            throw config.invalid("hybrid_override_pattern", "missing", "a letter of M, *, - and E for each layer");
        }
        return new Decoder(
                        config,
                        mixers.size(),
                        RecurrentNamings.NEMOTRON_H,
                        hybrid.norm(),
                        layer -> List.of(mixers.get(layer)))
                .head(HeadRecipe.Weights.OWN)
                .further(hybrid::nextTokens);
    }

    /// A part for each further token, whose layers a pattern of their own names.
    private List<Part> nextTokens(Decoder decoder) {
        long count = NextTokens.count(config, "num_nextn_predict_layers");
        if (count == 0) {
            return List.of();
        }
        List<LayerRecipe> layers = new ArrayList<>();
        for (Sublayer mixer : mixers(FURTHER_PATTERN, "mtp_layers_block_type", "mtp_layer_types")) {
            layers.add(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm(), mixer));
        }
        if (layers.isEmpty()) {
            layers.add(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm(), mixer(FURTHER_PATTERN, '*')));
            layers.add(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm(), mixer(FURTHER_PATTERN, 'E')));
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int before = i * layers.size();
            parts.add(NextTokens.part(
                    decoder, i, layers, layer -> decoder.naming().under("mtp.layers." + (before + layer))));
        }
        return parts;
    }

    private List<Sublayer> mixers(String patternKey, String... listKeys) {
        List<Sublayer> mixers = new ArrayList<>();
        String pattern = config.text(patternKey).orElse("");
        if (pattern.length() > Keys.MOST_LAYERS) {
            throw config.invalid(
                    patternKey, pattern.length() + " letters long", "at most " + Keys.MOST_LAYERS + " layers");
        }
        pattern.chars().forEach(letter -> mixers.add(mixer(patternKey, (char) letter)));
        for (int i = 0; i < listKeys.length && mixers.isEmpty(); i++) {
            String key = listKeys[i];
            for (String name : config.texts(key)) {
                Character letter = LETTERS.get(name);
                if (letter == null) {
                    throw config.unsupported(key, name, "mamba, attention, mlp or moe");
                }
                mixers.add(mixer(key, letter));
            }
        }
        return mixers;
    }

    /// @param key where the letter is from, for errors
    private Sublayer mixer(String key, char letter) {
        return made.computeIfAbsent(letter, kind -> switch ((char) kind) {
            case 'M' -> stateSpace();
            case '*' -> attention();
            case '-' -> feedForward();
            case 'E' -> experts();
            default -> throw config.unsupported(key, "a pattern with " + letter, "the letters M, *, - and E");
        });
    }

    private GroupedStateSpace stateSpace() {
        long heads = config.sizeOr(128, "mamba_num_heads");
        long groups = StateSpaceFamilies.groups(config, 8, heads, "n_groups", "mamba_n_groups");
        return new GroupedStateSpace(
                heads,
                config.sizeOr(64, "mamba_head_dim"),
                groups,
                config.sizeOr(128, "ssm_state_size", "mamba_d_state"),
                config.smallSizeOr(4, "conv_kernel", "mamba_d_conv"),
                Keys.presence(!config.isFalse("use_conv_bias") && !config.isFalse("mamba_conv_bias")),
                Keys.presence(config.isTrue("use_bias")),
                Optional.of(new GroupedStateSpace.GatedNorm(norm(), groups, GroupedStateSpace.Order.GATE_FIRST)));
    }

    private SelfAttention attention() {
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(8, Keys.queryHeads(config)), "num_key_value_heads"),
                config.sizeOr(128, "head_dim", "attention_head_dim"));
        return SelfAttention.causal(heads)
                .withBiased(config.isTrue("attention_bias") ? Projection.values() : new Projection[0]);
    }

    private PlainFeedForward feedForward() {
        return new PlainFeedForward(
                config.size("intermediate_size"), function(), Keys.presence(config.isTrue("mlp_bias")));
    }

    private MixtureOfExperts experts() {
        MixtureOfExperts routed = Experts.corrected(MixtureOfExperts.gated(
                                Experts.routing(
                                        config,
                                        Scoring.SIGMOID,
                                        Experts.weighting(config, Weighting.NORMALIZED),
                                        Experts.groups(config, 1, 1, 2)),
                                config.size("moe_intermediate_size"),
                                function())
                        .withForm(MixtureOfExperts.Form.PLAIN))
                .withScale(config.realOr(1, "routed_scaling_factor"))
                .withShared(new SharedExpert(config.size("moe_shared_expert_intermediate_size"), Presence.ABSENT));
        return config.has("moe_latent_size") ? routed.withLatentWidth(config.size("moe_latent_size")) : routed;
    }

    private ActivationFunction function() {
        return Keys.activation(config, ActivationFunction.RELU_SQUARED, "mlp_hidden_act");
    }

    private NormRecipe norm() {
        return NormRecipe.rootMeanSquare(config.realOr(1e-5, "layer_norm_epsilon", "norm_eps", "rms_norm_eps"));
    }
}
