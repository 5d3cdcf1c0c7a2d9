package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.Multiplied;
import dev.plimsoll.model.architecture.SideBySide;
import dev.plimsoll.model.architecture.Sublayer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Falcon-H1: attention and a grouped state space side by side, with constants that fit the rates to any width.
final class FalconHybrid {
    static final Map<String, Family> ALL =
            Map.of("falcon_h1", config -> falconH1(config).transformer());

    private FalconHybrid() {}

    /// Attention and a grouped state space side by side in every layer, with constants behind their linear maps.
    static Decoder falconH1(Config config) {
        Heads heads = Keys.heads(config, Math.min(8, Keys.queryHeads(config)));
        long inner = config.isNull("mamba_d_ssm")
                ? Math.multiplyExact(config.sizeOr(2, "mamba_expand"), Keys.hidden(config))
                : config.sizeOr(1024, "mamba_d_ssm");
        if (config.isTrue("projectors_bias") != config.isTrue("mamba_proj_bias")) {
            throw config.unsupported("projectors_bias", "unlike mamba_proj_bias", "both or neither");
        }
        GroupedStateSpace.Order order = config.isFalse("mamba_norm_before_gate")
                ? GroupedStateSpace.Order.GATE_FIRST
                : GroupedStateSpace.Order.NORM_FIRST;
        Optional<GroupedStateSpace.GatedNorm> norm = config.isTrue("mamba_rms_norm")
                ? Optional.of(new GroupedStateSpace.GatedNorm(
                        Keys.rootMeanSquare(config), config.sizeOr(1, "mamba_n_groups"), order))
                : Optional.empty();
        Sublayer space = new Multiplied(StateSpaceFamilies.grouped(config, inner, norm), spaceFactors(config));
        Sublayer network = new Multiplied(
                LlamaFamilies.gatedFeedForward(config),
                factors(config, "mlp_multipliers", 1, "feed_forward.gate", "feed_forward.down"));
        Map<String, Double> attentionFactors = attentionFactors(config);
        return LlamaFamilies.llama(config, heads, layer -> network)
                .attention((layer, attention) -> new SideBySide(new Multiplied(attention, attentionFactors), space))
                .embedding(embedding -> embedding.withScale(config.realOr(1, "embedding_multiplier")))
                .head(head -> head.withScale(config.realOr(1, "lm_head_multiplier")))
                .naming(naming -> RecurrentNamings.FALCON_H1);
    }

    /// The constant before attention stands behind its three linear maps here, which is the same.
    private static Map<String, Double> attentionFactors(Config config) {
        double in = config.realOr(1, "attention_in_multiplier");
        Map<String, Double> factors = new HashMap<>();
        factors.put("attention.query", in);
        factors.put("attention.key", in * config.realOr(1, "key_multiplier"));
        factors.put("attention.value", in);
        factors.put("attention.output", config.realOr(1, "attention_out_multiplier"));
        return different(factors);
    }

    private static Map<String, Double> spaceFactors(Config config) {
        Map<String, Double> factors = new HashMap<>(factors(
                config,
                "ssm_multipliers",
                config.realOr(1, "ssm_in_multiplier"),
                "recurrence.gate",
                "recurrence.input",
                "recurrence.b",
                "recurrence.c",
                "recurrence.time_step"));
        factors.put("recurrence.output", config.realOr(1, "ssm_out_multiplier"));
        return different(factors);
    }

    /// A list of constants, one for each linear map; all 1 where there is none.
    private static Map<String, Double> factors(Config config, String key, double also, String... maps) {
        List<JsonValue> values = config.list(key);
        if (!values.isEmpty() && values.size() != maps.length) {
            throw config.invalid(key, "a list of " + values.size(), maps.length + " numbers");
        }
        Map<String, Double> factors = new HashMap<>();
        for (int i = 0; i < maps.length; i++) {
            factors.put(maps[i], also * (values.isEmpty() ? 1 : number(config, key, values.get(i))));
        }
        return different(factors);
    }

    private static double number(Config config, String key, JsonValue value) {
        if (value instanceof JsonNumber number && number.isFinite() && Double.isFinite(number.real())) {
            return number.real();
        }
        throw config.invalid(key, value.describe(), "finite numbers only");
    }

    private static Map<String, Double> different(Map<String, Double> factors) {
        factors.values().removeIf(factor -> factor == 1);
        return factors;
    }
}
