package dev.plimsoll.planner.serving;

import java.util.List;
import java.util.Optional;

/// A serving engine: what it keeps, and how it decides what it may keep. Data, no behaviour.
///
/// @param versions for which its defaults hold, as printed
/// @param budget with its default
/// @param budgetSource where the default comes from
/// @param share the option that changes the budget's share; empty where there is none
/// @param pageTokens tokens of a page
/// @param latentPageTokens the same for a cache of latents
/// @param cacheTypes names of the types a cache can be held in
/// @param defaultCacheType empty where it is that of the model's activations
/// @param stateOfConvolutions whether convolutions keep their inputs as activations are, or as states are
/// @param vocabularyMultiple rows of the vocabulary are padded to a multiple of so many
/// @param embedding where the table of an embedding stays that is no head too
/// @param beyondPositions what becomes of a context longer than the model was made for
/// @param steps defaults by memory, the most particular first
/// @param runtime rows, the most particular first
/// @param leastReserve runtime and activations together are taken to be at least this
/// @param weightTypes types tried in place of a model's own, the widest first
public record Engine(
        String name,
        String versions,
        BudgetRule budget,
        String budgetSource,
        Optional<String> share,
        CacheSharing sharing,
        long pageTokens,
        long latentPageTokens,
        List<String> cacheTypes,
        Optional<String> defaultCacheType,
        StateOfConvolutions stateOfConvolutions,
        long vocabularyMultiple,
        EmbeddingPlace embedding,
        BeyondPositions beyondPositions,
        List<StepDefaults> steps,
        List<RuntimeRow> runtime,
        GraphRule graphs,
        ActivationRule activations,
        long leastReserve,
        List<String> weightTypes) {
    /// What a convolution's kept inputs are held in.
    public enum StateOfConvolutions {
        AS_ACTIVATIONS,
        AS_STATES
    }

    /// Where rows are looked up.
    public enum EmbeddingPlace {
        DEVICE,
        HOST
    }

    /// Whether a context longer than the model's positions is refused.
    public enum BeyondPositions {
        REFUSED,
        TAKEN
    }

    public Engine {
        cacheTypes = List.copyOf(cacheTypes);
        steps = List.copyOf(steps);
        runtime = List.copyOf(runtime);
        weightTypes = List.copyOf(weightTypes);
    }

    /// What a step takes on a device of so much memory, in a tensor-parallel group of so many.
    StepDefaults step(long memory, int tensor) {
        for (StepDefaults row : steps) {
            if (memory >= row.fromBytes() && tensor >= row.fromDevices()) {
                return row;
            }
        }
        throw new IllegalStateException(name + " has no default for the smallest devices");
    }

    /// What the runtime takes there; empty where nothing is counted.
    Optional<RuntimeRow> runtime(long memory, int tensor) {
        return runtime.stream()
                .filter(row -> memory >= row.fromBytes() && tensor >= row.fromDevices())
                .findFirst();
    }
}
