package dev.plimsoll.planner.serving;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalDouble;

/// The bytes an engine lets itself fill on a device, by its own rule.
///
/// @param bytes rounded down to whole bytes
/// @param share that was applied; empty where the rule has none
record MemoryBudget(long bytes, OptionalDouble share, Explanation explanation) {
    private static final int THOUSANDTHS = 3;

    /// @param beforeCache weights, runtime and activations
    static MemoryBudget of(ServingJob job, long beforeCache) {
        Figure usable = job.accelerator().usableMemory();
        BigDecimal all = BigDecimal.valueOf(usable.whole());
        BudgetRule rule = job.engine().budget();
        return switch (rule) {
            case BudgetRule.Everything() -> of(job, all, OptionalDouble.empty(), "usable", all.toPlainString());
            case BudgetRule.ShareOfAll(double share) -> {
                double taken = job.share().orElse(share);
                BigDecimal bytes = decimal(taken).multiply(all);
                yield of(job, bytes, OptionalDouble.of(taken), "share x usable", decimal(taken) + " x " + all);
            }
            case BudgetRule.ShareOfFree(double share) -> {
                double taken = job.share().orElse(share);
                long free = Math.max(0, usable.whole() - beforeCache);
                BigDecimal used = BigDecimal.valueOf(usable.whole() - free);
                yield of(
                        job,
                        used.add(decimal(taken).multiply(BigDecimal.valueOf(free))),
                        OptionalDouble.of(taken),
                        "used + share x free",
                        used + " + " + decimal(taken) + " x " + free);
            }
            case BudgetRule.Reserve _, BudgetRule.StaticShare _ ->
                of(job, all, OptionalDouble.of(staticShare(job)), "usable", all.toPlainString());
            case BudgetRule.Margin(long margin) ->
                of(
                        job,
                        all.subtract(BigDecimal.valueOf(margin)).max(BigDecimal.ZERO),
                        OptionalDouble.empty(),
                        "usable - margin",
                        all + " - " + Math.min(margin, usable.whole()));
        };
    }

    /// What runtime and activations have to themselves where the rule sets it aside; 0 where it does not.
    static long setAside(ServingJob job) {
        return switch (job.engine().budget()) {
            case BudgetRule.Reserve _, BudgetRule.StaticShare _ -> {
                long usable = job.accelerator().usableMemory().whole();
                long free = usable - Math.min(usable, context(job));
                yield usable - floor(decimal(staticShare(job)).multiply(BigDecimal.valueOf(free)));
            }
            case BudgetRule.Everything _, BudgetRule.ShareOfAll _, BudgetRule.ShareOfFree _, BudgetRule.Margin _ -> 0;
        };
    }

    /// What is gone before the engine looks how much is free.
    private static long context(ServingJob job) {
        return job.engine()
                .runtime(job.accelerator().memory().whole(), job.layout().tensor())
                .map(RuntimeRow::bytes)
                .orElse(0L);
    }

    private static double staticShare(ServingJob job) {
        if (job.share().isPresent()) {
            return job.share().getAsDouble();
        }
        return switch (job.engine().budget()) {
            case BudgetRule.StaticShare(double share) -> share;
            case BudgetRule.Reserve reserve -> share(reserve, job);
            case BudgetRule.Everything _, BudgetRule.ShareOfAll _, BudgetRule.ShareOfFree _, BudgetRule.Margin _ -> 1;
        };
    }

    private static double share(BudgetRule.Reserve rule, ServingJob job) {
        long usable = job.accelerator().usableMemory().whole();
        ServingLayout layout = job.layout();
        long graphs = job.engine()
                .step(job.accelerator().memory().whole(), layout.tensor())
                .sequences();
        long reserve = rule.base()
                + rule.byToken() * Math.max(job.batchedTokens(), 2_048)
                + rule.bySequence() * graphs
                + rule.byDevice() * layout.tensor() * layout.pipeline();
        long taken = usable >= rule.leastFrom() ? Math.max(reserve, rule.least()) : reserve;
        return BigDecimal.valueOf((double) Math.max(0, usable - taken) / usable)
                .setScale(THOUSANDTHS, RoundingMode.HALF_UP)
                .doubleValue();
    }

    private static MemoryBudget of(
            ServingJob job, BigDecimal bytes, OptionalDouble share, String formula, String substituted) {
        Figure usable = job.accelerator().usableMemory();
        Provenance provenance = usable.provenance();
        Basis basis = new Basis("B", job.engine().budgetSource() + "; usable: " + usable.source(), provenance);
        return new MemoryBudget(
                floor(bytes), share, new Explanation("budget of a device", formula, substituted, bytes, basis));
    }

    private static BigDecimal decimal(double share) {
        return BigDecimal.valueOf(share);
    }

    private static long floor(BigDecimal bytes) {
        return bytes.setScale(0, RoundingMode.FLOOR).longValueExact();
    }
}
