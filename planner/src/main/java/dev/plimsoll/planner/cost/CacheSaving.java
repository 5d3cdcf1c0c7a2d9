package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;

/// What a KV cache saves while one sequence grows to `tokens`, a token a step.
///
/// Without a cache, step `i` runs the layers over all `i` tokens; with one, over the newest, which looks at the kept
/// keys and values. The head is run for the newest token only, in both. Summed over `s` steps, the layers' maps cost
/// `s(s+1)/2` tokens against `s`, a saving of `1 - 2/(s+1)`. Attention over the full square costs the sum of `i²`
/// against the sum of `i`, a saving of `1 - 3/(2s+1)`; over the visible pairs of a causal mask `s(s+1)(s+2)/6` against
/// `s(s+1)/2`, a saving of `1 - 3/(s+2)`. The often quoted `1 - 1/s` is right in order only.
///
/// @param without FLOPs of all steps without a cache
/// @param with FLOPs of all steps with one
public record CacheSaving(long tokens, Work without, Work with) {
    /// How attention is counted.
    public enum Over {
        VISIBLE_PAIRS,
        FULL_SQUARE
    }

    /// @param attention of the attention core and of an indexer's scores
    /// @param projections of all else but the head, for which the recurrence's work counts too
    /// @param logits of the head
    public record Work(BigInteger attention, BigInteger projections, BigInteger logits) {
        public BigInteger total() {
            return attention.add(projections).add(logits);
        }
    }

    /// @throws InputException where the model has no decoder
    public static CacheSaving of(Transformer model, long tokens, Over over) {
        // One token after another, so that nothing but the decoder's own step is run.
        Workload step = new Workload.Decode(1, 1, LatentCache.EXPANDED);
        OpenAxes axes = OpenAxes.of(model);
        FlopCount one = FlopCount.of(
                model,
                step,
                CountingConvention.STRICT,
                axes.sourceTokens().isPresent() ? axes : axes.withSourceTokens(Math.max(1, tokens)));
        BigInteger layers = one.operators().total().subtract(exact(one.logits().count()));
        BigInteger without = BigInteger.ZERO;
        BigInteger with = BigInteger.ZERO;
        for (BlockRuns run : BlockRuns.of(model)) {
            if (run.isLogical() && run.part().tokens() == Axis.SEQUENCE) {
                for (Operator operator : run.block().operators()) {
                    BigInteger perPair = BigInteger.valueOf(run.layers()).multiply(perPair(operator));
                    if (perPair.signum() > 0) {
                        AttentionMask mask = mask(operator);
                        layers = layers.subtract(perPair.multiply(BigInteger.valueOf(VisiblePairs.of(mask, 1, 1))));
                        without = without.add(perPair.multiply(pairsWithout(mask, tokens, over)));
                        with = with.add(perPair.multiply(pairsWith(mask, tokens, over)));
                    }
                }
            }
        }
        BigInteger steps = BigInteger.valueOf(tokens);
        BigInteger logits = exact(one.logits().count()).multiply(steps);
        BigInteger growing = BigInteger.valueOf(VisiblePairs.of(new AttentionMask.Causal(), 0, tokens));
        return new CacheSaving(
                tokens,
                new Work(without, layers.multiply(growing), logits),
                new Work(with, layers.multiply(steps), logits));
    }

    /// Share of the attention core's FLOPs that is saved, 0 to 1.
    public double attentionSaved() {
        return saved(with.attention(), without.attention());
    }

    /// Share of the other layers' FLOPs that is saved.
    public double projectionsSaved() {
        return saved(with.projections(), without.projections());
    }

    /// Share of all FLOPs that is saved, the head's among them.
    public double saved() {
        return saved(with.total(), without.total());
    }

    /// `1 - 1/s`.
    public double ruleOfThumb() {
        return 1 - 1.0 / tokens;
    }

    /// The two shares and the rule of thumb.
    public List<Explanation> explanations() {
        return List.of(
                share("share of attention's FLOPs that a KV cache saves", with.attention(), without.attention()),
                share(
                        "share of the other layers' FLOPs that a KV cache saves",
                        with.projections(),
                        without.projections()),
                new Explanation(
                        "rule of thumb for what a KV cache saves",
                        "1 - 1 / s",
                        "1 - 1 / " + tokens,
                        share(BigInteger.ONE, BigInteger.valueOf(tokens)),
                        new Basis("1", "the order of s^2 against s^3 steps", Provenance.EXACT)));
    }

    private static Explanation share(String topic, BigInteger with, BigInteger without) {
        boolean nothing = without.signum() == 0;
        return new Explanation(
                topic,
                nothing ? "0" : "1 - FLOPs with / FLOPs without",
                nothing ? "0" : "1 - " + with + " / " + without,
                share(with, without),
                new Basis("1", "all steps from the first token, walked", Provenance.EXACT));
    }

    private static double saved(BigInteger with, BigInteger without) {
        return share(with, without).doubleValue();
    }

    private static BigDecimal share(BigInteger with, BigInteger without) {
        if (without.signum() == 0) {
            return BigDecimal.ZERO;
        }
        BigDecimal left = new BigDecimal(with).divide(new BigDecimal(without), MathContext.DECIMAL128);
        return BigDecimal.ONE.subtract(left);
    }

    private static BigInteger exact(double count) {
        return BigDecimal.valueOf(count).toBigInteger();
    }

    private static BigInteger pairsWithout(AttentionMask mask, long tokens, Over over) {
        return switch (over) {
            case VISIBLE_PAIRS -> VisiblePairs.ofGrowingPasses(mask, tokens);
            case FULL_SQUARE -> VisiblePairs.ofGrowingPasses(new AttentionMask.Everything(), tokens);
        };
    }

    private static BigInteger pairsWith(AttentionMask mask, long tokens, Over over) {
        return switch (over) {
            case VISIBLE_PAIRS -> BigInteger.valueOf(VisiblePairs.of(mask, 0, tokens));
            case FULL_SQUARE -> BigInteger.valueOf(VisiblePairs.of(new AttentionMask.Causal(), 0, tokens));
        };
    }

    /// FLOPs for each pair of tokens of one sequence; 0 for what does not look at pairs of its own sequence.
    private static BigInteger perPair(Operator operator) {
        if (operator instanceof Operator.Attention attention && !attention.isCross()) {
            return BigInteger.valueOf(OperatorFlops.perPair(attention));
        }
        if (operator instanceof Operator.TokenSelection selection) {
            return BigInteger.valueOf(OperatorFlops.perPair(selection));
        }
        return BigInteger.ZERO;
    }

    private static AttentionMask mask(Operator operator) {
        return operator instanceof Operator.Attention attention ? attention.mask() : new AttentionMask.Causal();
    }
}
