package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.hardware.Accelerator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What is to be served, by which engine, on which devices.
///
/// @param draft a smaller model that proposes tokens, on the same devices and split alike
/// @param share of the engine's budget, in place of its default
/// @param reserve bytes that runtime and activations take together, in place of the estimate
public record ServingJob(
        ServedModel model,
        Optional<ServedModel> draft,
        Adapters adapters,
        CacheRequest cache,
        Engine engine,
        OptionalDouble share,
        OptionalLong reserve,
        Accelerator accelerator,
        ServingLayout layout,
        ServingLimits limits,
        HostShare host) {
    public ServingJob withModel(ServedModel other) {
        return new ServingJob(other, draft, adapters, cache, engine, share, reserve, accelerator, layout, limits, host);
    }

    public ServingJob withCache(CacheRequest other) {
        return new ServingJob(model, draft, adapters, other, engine, share, reserve, accelerator, layout, limits, host);
    }

    public ServingJob withLayout(ServingLayout other) {
        return new ServingJob(model, draft, adapters, cache, engine, share, reserve, accelerator, other, limits, host);
    }

    public ServingJob withLimits(ServingLimits other) {
        return new ServingJob(model, draft, adapters, cache, engine, share, reserve, accelerator, layout, other, host);
    }

    public ServingJob withHost(HostShare other) {
        return new ServingJob(
                model, draft, adapters, cache, engine, share, reserve, accelerator, layout, limits, other);
    }

    /// Tokens of one step.
    public long batchedTokens() {
        return limits.maxBatchedTokens().orElseGet(() -> step().batchedTokens());
    }

    /// Sequences of one step.
    public long stepSequences() {
        return Math.max(1, limits.maxNumSeqs().orElseGet(() -> step().sequences()));
    }

    /// Tokens of a page.
    public long pageTokens() {
        boolean isLatent = cacheIsLatent();
        return cache.pageTokens().orElse(isLatent ? engine.latentPageTokens() : engine.pageTokens());
    }

    private StepDefaults step() {
        return engine.step(accelerator.memory().whole(), layout.tensor());
    }

    private boolean cacheIsLatent() {
        return StageCache.isLatent(model.transformer());
    }
}
