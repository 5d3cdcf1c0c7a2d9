package dev.plimsoll.formats.launch;

import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Recomputation;
import java.util.Optional;
import java.util.Set;

/// How a launch file has the layers run and the weights updated.
///
/// @param optimizer as `--optimizer` names it: `adam`, `adamw`, `sgd`, `momentum`, `muon`...
/// @param offloaded what is kept in the host's memory
public record LaunchMethod(
        Recomputes recomputation,
        Optional<LaunchPrecision> precision,
        Optional<String> optimizer,
        Optional<DropoutRates> dropout,
        Set<Offloaded> offloaded) {
    /// What is run again in the backward pass.
    public sealed interface Recomputes {
        /// The file does not say it; the model's code does.
        record Unsaid() implements Recomputes {}

        /// What the framework means by selective, where that is no list of pieces.
        record FrameworksSelection() implements Recomputes {}

        record Exactly(Recomputation pieces) implements Recomputes {}
    }

    /// What can be kept in the host's memory.
    public enum Offloaded {
        OPTIMIZER_STATES,
        WEIGHTS,
        ACTIVATIONS
    }

    public LaunchMethod {
        offloaded = Set.copyOf(offloaded);
    }
}
