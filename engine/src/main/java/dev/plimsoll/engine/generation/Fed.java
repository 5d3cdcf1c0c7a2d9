package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.training.OperatorWork;
import java.util.List;

/// What became of new tokens.
///
/// @param works what each operator did, in the order of execution; where latent attention maps queries to its latent and
///     sums of latents to values, the operators with those maps did it
/// @param routed where each router sent them, in the order of execution
public record Fed(Logits logits, Traffic traffic, List<OperatorWork> works, List<RoutedTokens> routed) {
    public Fed {
        works = List.copyOf(works);
        routed = List.copyOf(routed);
    }
}
