package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.MixtureOfExperts.Biases;
import dev.plimsoll.model.architecture.MixtureOfExperts.SharedExpert;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Routing.Groups;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/// The keys about experts that mean the same in many families' configs.
final class Experts {
    private static final String[] COUNT = {"num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"};
    private static final String[] CHOSEN = {
        "num_experts_per_tok", "num_experts_per_token", "top_k_experts", "moe_top_k", "moe_topk", "experts_per_token"
    };

    private static final String[] SCORING = {"scoring_func", "score_function", "moe_router_activation_func"};

    private Experts() {}

    /// Routing with a family's scoring, among all experts.
    static Routing routing(Config config, Scoring scoring, Weighting weighting) {
        return routing(config, scoring, weighting, Groups.ONE);
    }

    static Routing routing(Config config, Scoring scoring, Weighting weighting, Groups groups) {
        long experts = config.size(COUNT);
        long chosen = config.size(CHOSEN);
        if (chosen > experts) {
            throw config.invalid(config.present(CHOSEN), Long.toString(chosen), "at most the " + experts + " experts");
        }
        if (experts % groups.count() != 0) {
            throw config.invalid("n_group", Long.toString(groups.count()), "a divisor of the " + experts + " experts");
        }
        if (chosen > experts / groups.count() * groups.chosen()) {
            throw config.invalid(
                    "topk_group",
                    Long.toString(groups.chosen()),
                    "enough of the " + groups.count() + " groups to choose " + chosen + " experts from");
        }
        return new Routing(experts, chosen, scoring, weighting, groups);
    }

    /// Whether the chosen experts' weights are divided by their sum, as the config says, or else as the family does.
    static Weighting weighting(Config config, Weighting familyDefault) {
        return config.truth("norm_topk_prob")
                .map(divided -> divided ? Weighting.NORMALIZED : Weighting.AS_SCORED)
                .orElse(familyDefault);
    }

    /// How scores are made, as the config says, or else as the family does.
    static Scoring scoring(Config config, Scoring familyDefault) {
        return switch (config.text(SCORING).orElse("")) {
            case "" -> familyDefault;
            case "softmax" -> Scoring.SOFTMAX;
            case "sigmoid" -> Scoring.SIGMOID;
            default ->
                throw config.unsupported(
                        config.present(SCORING), config.text(SCORING).orElse(""), "softmax or sigmoid");
        };
    }

    /// Groups of experts; with one group, or all of them used, a choice among all.
    static Groups groups(Config config, long familyCount, long familyChosen, long scoredBy) {
        long count = config.sizeOr(familyCount, "n_group", "num_expert_group");
        long chosen = config.sizeOr(familyChosen, "topk_group");
        if (chosen > count) {
            throw config.invalid("topk_group", Long.toString(chosen), "at most the " + count + " groups");
        }
        return chosen == count ? Groups.ONE : new Groups(count, chosen, scoredBy);
    }

    /// Gated experts as wide as the first of the keys says.
    static MixtureOfExperts gated(Config config, Routing routing, String... widthKeys) {
        return MixtureOfExperts.gated(
                routing, config.size(widthKeys), Keys.activation(config, ActivationFunction.SILU));
    }

    /// DeepSeek's: `n_shared_experts` experts of the routed ones' width that every token passes, and a constant.
    static MixtureOfExperts withSharedOfSameWidth(Config config, MixtureOfExperts experts, long familyDefault) {
        long shared = config.countOr(familyDefault, "n_shared_experts", "num_shared_experts");
        long width = config.sizeOr(experts.width(), "moe_shared_expert_intermediate_size");
        MixtureOfExperts scaled = experts.withScale(config.realOr(1, "routed_scaling_factor"));
        return shared == 0
                ? scaled
                : scaled.withShared(new SharedExpert(Math.multiplyExact(shared, width), Presence.ABSENT));
    }

    /// The correction of the choice, where there is one.
    static MixtureOfExperts corrected(MixtureOfExperts experts) {
        return experts.withBiases(Biases.CORRECTION);
    }

    /// Experts in the layers of which the predicate holds, a gated feed-forward network in the others.
    static IntFunction<Sublayer> sparse(Config config, IntPredicate isSparse, Supplier<MixtureOfExperts> experts) {
        return layer -> isSparse.test(layer) ? experts.get() : LlamaFamilies.gatedFeedForward(config);
    }

    /// Dense up to `first_k_dense_replace`, then experts in every layer whose number divides by `moe_layer_freq`, or in
    /// those for which that is a list with a 1, or `mlp_layer_types` says `sparse`.
    static IntPredicate afterFirstDense(Config config, long familyDense) {
        int layers = Keys.layers(config);
        List<String> types = config.texts("mlp_layer_types");
        if (!types.isEmpty()) {
            requireOneEach(config, "mlp_layer_types", types.size(), layers);
            types.stream()
                    .filter(type -> !Set.of("dense", "sparse").contains(type))
                    .findFirst()
                    .ifPresent(type -> {
                        throw config.unsupported("mlp_layer_types", type, "dense or sparse");
                    });
            return layer -> types.get(layer).equals("sparse");
        }
        long dense = config.countOr(familyDense, "first_k_dense_replace");
        if (config.isList("moe_layer_freq")) {
            List<Long> frequency = config.counts("moe_layer_freq");
            requireOneEach(config, "moe_layer_freq", frequency.size(), layers);
            return layer -> layer >= dense && frequency.get(layer) != 0;
        }
        long every = config.sizeOr(1, "moe_layer_freq");
        return layer -> layer >= dense && layer % every == 0;
    }

    /// Every `decoder_sparse_step`th layer, counted from 1, but none that `mlp_only_layers` names (Qwen).
    static IntPredicate everySparseStep(Config config) {
        long step = config.sizeOr(1, "decoder_sparse_step");
        Set<Long> dense = new TreeSet<>(config.counts("mlp_only_layers"));
        boolean none = config.countOr(1, COUNT) == 0;
        return layer -> !none && !dense.contains((long) layer) && (layer + 1) % step == 0;
    }

    static void requireOneEach(Config config, String key, int found, int layers) {
        if (found < layers) {
            throw config.invalid(key, "a list of " + found, "one for each of the " + layers + " layers");
        }
    }
}
