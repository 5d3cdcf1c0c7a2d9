package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.training.OperatorWork;
import java.util.List;

/// What became of new tokens.
///
/// @param works what each operator did, in the order of execution; the maps that latent attention makes for itself count
///     as the attention's own
public record Fed(Logits logits, Traffic traffic, List<OperatorWork> works) {
    public Fed {
        works = List.copyOf(works);
    }
}
