package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.SelectiveScan;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Mamba and Mamba-2 as their authors publish them: `d_model`, `n_layer`, `ssm_cfg`, and no `model_type`.
///
/// Source: state-spaces/mamba, `MambaConfig`, `MambaLMHeadModel`, `Mamba` and `Mamba2`, whose defaults these are.
final class OriginalMamba {
    /// The name their package has, which stands for the `model_type` they lack.
    static final String TYPE = "mamba_ssm";

    static final Map<String, Family> ALL = Map.of(TYPE, OriginalMamba::describe);

    private static final double EPSILON = 1e-5;

    private OriginalMamba() {}

    /// Whether a config without `model_type` is one of them.
    static boolean isMeant(Config config) {
        return config.has("ssm_cfg") && config.has("d_model") && config.has("n_layer");
    }

    private static Transformer describe(Config config) {
        refuseOtherLayers(config);
        Config space = config.nestedOrEmpty("ssm_cfg");
        String layer = space.text("layer").orElse("Mamba1");
        return switch (layer) {
            case "Mamba1" -> model(config, "mamba", RecurrentNamings.MAMBA, selective(config, space));
            case "Mamba2" -> model(config, "mamba2", RecurrentNamings.MAMBA_2, grouped(config, space));
            // A stranger's text: Mamba3, for one, is not described.
            default -> throw space.unsupported("layer", layer, "Mamba1 or Mamba2");
        };
    }

    private static void refuseOtherLayers(Config config) {
        if (!config.list("attn_layer_idx").isEmpty()) {
            throw config.unsupported(
                    "attn_layer_idx", "a list of layers with attention", "none: their convolution is not described");
        }
        long feedForward = config.countOr(0, "d_intermediate");
        if (feedForward > 0) {
            throw config.unsupported("d_intermediate", Long.toString(feedForward), "0: no feed-forward networks");
        }
    }

    private static Transformer model(Config config, String architecture, Naming naming, Sublayer space) {
        NormRecipe norm = config.isFalse("rms_norm") ? NormRecipe.layer(EPSILON) : NormRecipe.rootMeanSquare(EPSILON);
        long vocabulary = config.size("vocab_size");
        long multiple = config.sizeOr(8, "pad_vocab_size_multiple");
        long padded = Math.multiplyExact(Math.ceilDiv(vocabulary, multiple), multiple);
        HeadRecipe.Weights head = config.isFalse("tie_embeddings") ? HeadRecipe.Weights.OWN : HeadRecipe.Weights.TIED;
        Transformer model = new Decoder(
                        config,
                        naming.with("embedding.tokens", "backbone.embedding|backbone.embeddings"),
                        norm,
                        layer -> List.of(space))
                .embedding(plain -> EmbeddingRecipe.plain(padded, Keys.hidden(config)))
                .head(recipe -> recipe.withVocabulary(padded).withWeights(head))
                .transformer();
        return new Transformer(architecture, model.parts(), model.maxPositions());
    }

    private static long inner(Config config, Config space) {
        return Math.multiplyExact(space.sizeOr(2, "expand"), Keys.hidden(config));
    }

    private static SelectiveScan selective(Config config, Config space) {
        long rank = space.isText("dt_rank") ? 0 : space.countOr(0, "dt_rank");
        return new SelectiveScan(
                inner(config, space),
                space.sizeOr(16, "d_state"),
                space.smallSizeOr(4, "d_conv"),
                rank == 0 ? Math.ceilDiv(Keys.hidden(config), 16) : rank,
                Keys.presence(!space.isFalse("conv_bias")),
                Keys.presence(space.isTrue("bias")),
                Optional.empty());
    }

    private static GroupedStateSpace grouped(Config config, Config space) {
        long inner = inner(config, space);
        long headSize = space.sizeOr(64, "headdim");
        if (inner % headSize != 0) {
            throw space.invalid("headdim", Long.toString(headSize), "a divisor of the inner width " + inner);
        }
        if (space.sizeOr(inner, "d_ssm") != inner || space.isTrue("D_has_hdim")) {
            throw space.unsupported(
                    space.isTrue("D_has_hdim") ? "D_has_hdim" : "d_ssm",
                    "another one than usual",
                    "a space over all " + inner + " channels with one skip for each head");
        }
        long heads = inner / headSize;
        long groups = StateSpaceFamilies.groups(space, 1, heads, "ngroups");
        GroupedStateSpace.GatedNorm norm = new GroupedStateSpace.GatedNorm(
                NormRecipe.rootMeanSquare(EPSILON),
                groups,
                space.isTrue("norm_before_gate")
                        ? GroupedStateSpace.Order.NORM_FIRST
                        : GroupedStateSpace.Order.GATE_FIRST);
        return new GroupedStateSpace(
                heads,
                headSize,
                groups,
                space.sizeOr(128, "d_state"),
                space.smallSizeOr(4, "d_conv"),
                Keys.presence(!space.isFalse("conv_bias")),
                Keys.presence(space.isTrue("bias")),
                space.isFalse("rmsnorm") ? Optional.empty() : Optional.of(norm));
    }
}
