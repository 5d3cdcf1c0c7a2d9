package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.units.Flops;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;

/// Two FLOPs a parameter and token forward, six in a training step, and how far that is from the strict count.
///
/// `2·N·D` and `6·N·D` leave out attention over the context and count the embedding's look-up as a product. `N` are the
/// active parameters. Source: Kaplan et al. 2020, section 2.1.
///
/// @param perParameter 2 forward, 6 in training
/// @param strict the same work counted strictly, without recomputation
public record RuleOfThumb(long perParameter, long activeParameters, long tokens, Flops strict) {
    /// With the lengths that the model fixes.
    public static RuleOfThumb of(Transformer model, Workload workload) {
        return of(model, workload, OpenAxes.of(model));
    }

    /// @param axes the lengths of axes that text does not decide, for the strict count
    public static RuleOfThumb of(Transformer model, Workload workload, OpenAxes axes) {
        Workload withoutRecomputation = switch (workload) {
            case Workload.Training training -> new Workload.Training(training.sequences(), training.newTokens());
            case Workload.Prefill prefill -> prefill;
            case Workload.Decode decode -> decode;
        };
        long perParameter = switch (workload) {
            case Workload.Training _ -> 6;
            case Workload.Prefill _, Workload.Decode _ -> 2;
        };
        return new RuleOfThumb(
                perParameter,
                ParameterCount.of(model).active(),
                workload.tokens(),
                FlopCount.of(model, withoutRecomputation, CountingConvention.STRICT, axes)
                        .total());
    }

    public Flops flops() {
        return new Flops((double) perParameter * activeParameters * tokens);
    }

    /// The rule's figure in units of the strict one.
    public double ratio() {
        return flops().count() / strict.count();
    }

    public Explanation explanation() {
        BigDecimal value = BigDecimal.valueOf(perParameter)
                .multiply(BigDecimal.valueOf(activeParameters))
                .multiply(BigDecimal.valueOf(tokens));
        return new Explanation(
                perParameter + " N D",
                perParameter + " x N x D",
                perParameter + " x " + activeParameters + " x " + tokens,
                value,
                new Basis("FLOPs", "Kaplan et al. 2020, section 2.1", Provenance.EXACT));
    }
}
