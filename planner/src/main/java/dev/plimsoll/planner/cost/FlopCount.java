package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Flops;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.RecordingTally;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How many floating-point operations a workload takes, under a named convention.
///
/// Text stacks are counted; a vision or audio part only where the length of its axis is given or fixed by the model
/// ([OpenAxes]), and layers that predict further tokens never: [#notCounted()] names what was left out.
public final class FlopCount {
    private final Transformer model;
    private final Workload workload;
    private final CountingConvention convention;
    private final OpenAxes axes;
    private final FlopWalk walk;
    private final Flops forward;
    private final Flops logits;
    private final Flops backward;
    private final Flops recomputation;

    private FlopCount(Transformer model, Workload workload, CountingConvention convention, OpenAxes axes) {
        this.model = model;
        this.workload = workload;
        this.convention = convention;
        this.axes = axes;
        OpenSizes sizes = new OpenSizes(workload, axes);
        walk = new FlopWalk(model, convention, sizes, multipliedParameters(model, convention));
        boolean trains = workload instanceof Workload.Training;
        Map<FlopWalk.Pass, QuickTally> sums = walk.sums();
        logits = flops(sums, FlopWalk.Pass.LOGITS);
        if (convention.form() == CountingConvention.Form.CLOSED_FORM) {
            forward = closedForm(1);
            backward = trains ? forward.times(2) : Flops.ZERO;
            recomputation = passes() == 4 ? forward : Flops.ZERO;
        } else {
            forward = flops(sums, FlopWalk.Pass.FORWARD);
            backward = trains ? flops(sums, FlopWalk.Pass.BACKWARD) : Flops.ZERO;
            recomputation = flops(sums, FlopWalk.Pass.RECOMPUTATION);
        }
    }

    private static Flops flops(Map<FlopWalk.Pass, QuickTally> sums, FlopWalk.Pass pass) {
        QuickTally sum = sums.get(pass);
        return sum == null ? Flops.ZERO : new Flops(sum.value());
    }

    /// @param axes the lengths of axes that text does not decide
    /// @throws InputException where a model without a decoder is asked to decode, or has no sizes for a closed form
    public static FlopCount of(Transformer model, Workload workload, CountingConvention convention, OpenAxes axes) {
        boolean decodes = false;
        for (Part part : model.parts()) {
            decodes |= part.kind() == Part.Kind.TEXT_DECODER;
        }
        if (workload instanceof Workload.Decode && !decodes) {
            throw InputException.usage(
                    model.architecture() + ": found no decoder, expected one to decode with",
                    "Ask for the prefill or train phase.");
        }
        return new FlopCount(model, workload, convention, axes);
    }

    /// The same with the lengths that the model fixes.
    public static FlopCount of(Transformer model, Workload workload, CountingConvention convention) {
        return of(model, workload, convention, OpenAxes.of(model));
    }

    public Workload workload() {
        return workload;
    }

    public CountingConvention convention() {
        return convention;
    }

    /// The lengths of axes that text does not decide, as they were given or the model fixes them.
    public OpenAxes axes() {
        return axes;
    }

    /// Those of these lengths that the model fixes.
    public List<Part.Length> fixedLengths() {
        return axes.fixedBy(model);
    }

    /// The axis along which the workload's tokens lie: of text, or the patches of a model that does nothing but see.
    public Axis tokens() {
        return model.readsText() ? Axis.SEQUENCE : Axis.PATCHES;
    }

    /// One forward pass, the head's logits included.
    public Flops forward() {
        return forward;
    }

    /// The head's share of `forward`, by its matrix product, whatever the convention's form is.
    public Flops logits() {
        return logits;
    }

    /// The gradients of every product; nothing in inference.
    public Flops backward() {
        return backward;
    }

    /// What is run again in the backward pass, as far as the convention counts it.
    public Flops recomputation() {
        return recomputation;
    }

    public Flops total() {
        return forward.plus(backward).plus(recomputation);
    }

    /// The total over the tokens worked on.
    public double perToken() {
        return total().count() / workload.tokens();
    }

    /// As much work as so many tokens are, in sequences of this length: a whole training run, for example.
    public Flops forTokens(double tokens) {
        return new Flops(perToken() * tokens);
    }

    /// Parts and blocks left out, since this workload does not run them or the length of their axis was not given.
    public List<String> notCounted() {
        return List.copyOf(walk.leftOut());
    }

    /// The forward pass by blocks and operators. Empty under a convention that has one closed form.
    public Breakdown operators() {
        return record("forward", FlopWalk.Pass.FORWARD);
    }

    /// The total, then each pass by blocks, each block by operators, and the pairs that attention looks at.
    public List<Explanation> explanations() {
        if (convention.form() == CountingConvention.Form.CLOSED_FORM) {
            return List.of(ClosedForms.megatronDeepSpeed(classic(), workload, convention, passes()));
        }
        Breakdown whole = Breakdown.sum("FLOPs", passesTakenApart());
        List<Explanation> lines =
                new ArrayList<>(whole.explainAll(new Basis("FLOPs", convention.source(), Provenance.EXACT)));
        lines.addAll(walk.pairs());
        return lines;
    }

    /// A textbook's closed form for a model of these sizes, beside this count's figure; empty without a decoder.
    public Optional<Comparison> textbook() {
        return ClassicDecoder.of(model).map(this::compare);
    }

    private Comparison compare(ClassicDecoder sizes) {
        return switch (convention.form()) {
            case WALK -> new Comparison(ClosedForms.flops(sizes, workload, convention), walked());
            case PARAMETERS ->
                new Comparison(
                        ClosedForms.perParameter(sizes, workload, convention, multipliedParameters(model, convention)),
                        walked());
            case CLOSED_FORM ->
                new Comparison(
                        ClosedForms.flops(sizes, workload, convention),
                        ClosedForms.megatronDeepSpeed(sizes, workload, convention, passes())
                                .value());
        };
    }

    private BigDecimal walked() {
        return new BigDecimal(Breakdown.sum("FLOPs", passesTakenApart()).total());
    }

    private List<Breakdown> passesTakenApart() {
        List<Breakdown> parts = new ArrayList<>();
        parts.add(operators());
        if (workload instanceof Workload.Training) {
            parts.add(record("backward", FlopWalk.Pass.BACKWARD));
        }
        if (recomputation.count() > 0) {
            parts.add(record("recomputation", FlopWalk.Pass.RECOMPUTATION));
        }
        return parts;
    }

    private Breakdown record(String name, FlopWalk.Pass pass) {
        RecordingTally tally = new RecordingTally(name);
        if (convention.form() != CountingConvention.Form.CLOSED_FORM) {
            walk.walk(pass, tally);
        }
        return tally.breakdown();
    }

    private Flops closedForm(long passes) {
        return new Flops(ClosedForms.megatronDeepSpeed(classic(), workload, convention, passes)
                .value()
                .doubleValue());
    }

    private ClassicDecoder classic() {
        return ClassicDecoder.of(model)
                .orElseThrow(() -> InputException.usage(
                        model.architecture() + ": found no decoder with a head, expected one for the closed form of "
                                + convention.name(),
                        "Choose another convention, for example strict."));
    }

    private long passes() {
        return switch (workload) {
            case Workload.Training training -> training.recomputation() == Recomputation.FULL ? 4 : 3;
            case Workload.Prefill _, Workload.Decode _ -> 1;
        };
    }

    private static long multipliedParameters(Transformer model, CountingConvention convention) {
        return switch (convention.form()) {
            case WALK, CLOSED_FORM -> 0;
            case PARAMETERS -> {
                ParameterCount count = ParameterCount.of(model);
                long all = convention.experts() == CountingConvention.Experts.ALL ? count.total() : count.active();
                yield switch (convention.table()) {
                    case COUNTED -> all;
                    case NOT_COUNTED -> all - count.corrections() - (count.isTied() ? 0 : count.embedding());
                };
            }
        };
    }
}
