package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;

/// A feed-forward network and a mixture of experts, each between norms of its own, added: Gemma 4's.
///
/// The input is the residual stream itself. The router sees it normalised and divided by `sqrt(h)`; an expert's output
/// is scaled by a trained number. Parameters: both networks', `4·h` norms (`5·h` with the one behind the sum), `h` of
/// the router's norm, `E` scales. Source: Gemma 4's reference implementation.
public record DenseBesideExperts(GatedFeedForward dense, MixtureOfExperts experts, NormRecipe norm)
        implements Sublayer {
    @Override
    public String key() {
        return "feed_forward";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Value left = block.normalize("feed_forward.normalization", input, norm, 1);
        left = dense.append(block, left);
        left = block.normalize("feed_forward.dense_normalization", left, norm, 1);

        double width = (double) input.shape().trailing(1).fixedElements();
        Value routed = block.normalize("router.normalization", input, norm, 1);
        routed = block.scale("router.scaled", Role.ROUTER, routed, new ScaleFactor.Constant(1 / Math.sqrt(width)));
        Value right = block.normalize("experts.normalization", input, norm, 1);
        right = experts.append(block, routed, right, Presence.PRESENT);
        right = block.normalize("experts.output_normalization", right, norm, 1);
        return block.add("feed_forward.beside", Role.RESIDUAL, left, right);
    }
}
