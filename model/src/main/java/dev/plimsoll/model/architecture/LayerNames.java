package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.AttentionMask;
import java.util.Map;
import java.util.stream.Collectors;

/// What a layer is called in tables, after what distinguishes it: `layer (sliding attention, experts)`.
final class LayerNames {
    private LayerNames() {}

    static String of(LayerRecipe recipe) {
        return recipe.sublayers().isEmpty()
                ? "layer (nothing)"
                : recipe.sublayers().stream().map(LayerNames::of).collect(Collectors.joining(", ", "layer (", ")"));
    }

    private static String of(Sublayer sublayer) {
        return switch (sublayer) {
            case SelfAttention attention -> of(attention.mask()) + (borrows(attention) ? " (shared cache)" : "");
            case CrossAttention cross -> "cross attention";
            case DisentangledAttention disentangled -> "disentangled attention";
            case LatentAttention latent ->
                latent.indexer().isPresent() ? "sparse latent attention" : "latent attention";
            case GatedFeedForward gated -> "gated feed-forward";
            case PlainFeedForward plain -> "feed-forward";
            case MixtureOfExperts experts -> "experts";
            case SelectiveScan scan -> "state space";
            case GroupedStateSpace space -> "grouped state space";
            case GatedDelta delta -> "linear attention";
            case ShortConvolution convolution -> "short convolution";
            case DenseReplacement dense -> "linear map for " + dense.key().replace('_', ' ');
            case DenseBesideExperts beside -> "gated feed-forward beside experts";
            case PerLayerInput perLayer -> "per-layer input";
            case WiredOtherwise(Sublayer inner, LayerRecipe.Wiring wiring) -> of(inner);
            case Multiplied(Sublayer inner, Map<String, Double> factors) -> of(inner);
            case SideBySide(Sublayer first, Sublayer second) -> of(first) + " beside " + of(second);
        };
    }

    private static String of(AttentionMask mask) {
        return switch (mask) {
            case AttentionMask.Everything() -> "attention";
            case AttentionMask.Causal() -> "causal attention";
            case AttentionMask.SlidingWindow(long size) -> "sliding attention " + size;
            case AttentionMask.Chunked(long size) -> "chunked attention " + size;
            case AttentionMask.Blocks(long size) -> "attention in blocks of " + size;
            case AttentionMask.Selected(long size) -> "sparse attention " + size;
        };
    }

    private static boolean borrows(SelfAttention attention) {
        return attention.options().keysAndValues() == SelfAttention.KeysAndValues.EARLIER_LAYER;
    }
}
