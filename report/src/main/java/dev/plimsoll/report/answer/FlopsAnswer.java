package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Flops;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.cost.CacheSaving;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.Recomputation;
import dev.plimsoll.planner.cost.RuleOfThumb;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `plimsoll flops` answers: a workload's operations under a named convention.
///
/// @param tokens how many tokens the totals are for, which need not be the workload's own
/// @param saving what the cache saves, where the workload generates tokens
public record FlopsAnswer(
        Subject subject, FlopCount count, double tokens, RuleOfThumb rule, Optional<CacheSaving> saving) {
    public Answer answer(View view) {
        List<Explanation> explanations = view.explains() ? count.explanations() : List.of();
        Data.Fields data = subject.data().with("flops", flopData()).with("explanations", Explained.data(explanations));
        return new Answer(data, page(view, explanations));
    }

    private double share() {
        return tokens / count.workload().tokens();
    }

    private Data flopData() {
        List<Data> operators = new ArrayList<>();
        for (Breakdown block : count.operators().children()) {
            for (Breakdown operator : leaves(block)) {
                operators.add(Data.Fields.empty()
                        .with("block", block.name())
                        .with("name", operator.name())
                        .with("forward", operator.total().doubleValue() * share()));
            }
        }
        List<Data> notCounted = new ArrayList<>();
        count.notCounted().forEach(what -> notCounted.add(new Data.Words(what)));
        return Data.Fields.empty()
                .with("total", count.forTokens(tokens).count())
                .with("perToken", count.perToken())
                .with("forward", count.forward().count() * share())
                .with("backward", count.backward().count() * share())
                .with("recompute", count.recomputation().count() * share())
                .with("logits", count.logits().count() * share())
                .with("convention", count.convention().name())
                .with("conventionWords", count.convention().words())
                .with("conventionSource", count.convention().source())
                .with("phase", phase())
                .with("tokens", tokens)
                .with("sequenceLength", count.workload().newTokens())
                .with("pastTokens", count.workload().pastTokens())
                .with("batch", count.workload().sequences())
                .with("sourceTokens", count.axes().sourceTokens())
                .with("patches", count.axes().patches())
                .with("frames", count.axes().frames())
                .with("ruleOfThumb", ruleData())
                .with("cacheSaving", saving.map(FlopsAnswer::savingData).orElse(new Data.Nothing()))
                .with("operators", operators)
                .with("notCounted", notCounted)
                .with("provenance", subject.provenance().word());
    }

    /// Whether any text is worked on, which the rule of thumb is for.
    private boolean countsText() {
        return rule.strict().count() > 0;
    }

    private Data ruleData() {
        return Data.Fields.empty()
                .with("flopsPerParameter", rule.perParameter())
                .with("activeParameters", rule.activeParameters())
                .with("flops", rule.flops().count() * share())
                .with("ratioToStrict", countsText() ? new Data.Real(rule.ratio()) : new Data.Nothing());
    }

    private static Data savingData(CacheSaving saved) {
        return Data.Fields.empty()
                .with("tokens", saved.tokens())
                .with("flopsWithout", saved.without().total().doubleValue())
                .with("flopsWith", saved.with().total().doubleValue())
                .with("attentionSaved", saved.attentionSaved())
                .with("projectionsSaved", saved.projectionsSaved())
                .with("saved", saved.saved())
                .with("ruleOfThumb", saved.ruleOfThumb());
    }

    private static List<Breakdown> leaves(Breakdown block) {
        return block.children().isEmpty() ? List.of(block) : block.children();
    }

    private String phase() {
        return switch (count.workload()) {
            case Workload.Training training -> "train";
            case Workload.Prefill prefill -> "prefill";
            case Workload.Decode decode -> "decode";
        };
    }

    private Page page(View view, List<Explanation> explanations) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(subject.section());
        sections.add(new Page.Section.Facts("", facts()));
        if (!count.fixedLengths().isEmpty()) {
            sections.add(Lengths.section(count));
        }
        sections.add(operatorGrid());
        sections.add(new Page.Section.Prose(
                "",
                List.of("convention " + count.convention().name() + ": "
                        + count.convention().words() + ". Source: "
                        + count.convention().source() + ".")));
        if (!count.notCounted().isEmpty()) {
            sections.add(new Page.Section.Prose("", List.of("not counted: " + String.join("; ", count.notCounted()))));
        }
        if (view.explains()) {
            sections.add(Explained.section(explanations, textbooks()));
        }
        return new Page(sections);
    }

    private List<Page.Fact> facts() {
        List<Page.Fact> facts = new ArrayList<>();
        facts.add(new Page.Fact(
                "FLOPs", count.forTokens(tokens).toString(), count.convention().name() + ", " + asked()));
        facts.add(new Page.Fact("  a " + Lengths.token(count), new Flops(count.perToken()).toString(), ""));
        facts.add(new Page.Fact(
                "  forward",
                count.forward().times(share()).toString(),
                "logits " + count.logits().times(share())));
        if (count.workload() instanceof Workload.Training training) {
            facts.add(
                    new Page.Fact("  backward", count.backward().times(share()).toString(), ""));
            facts.add(new Page.Fact(
                    "  recompute",
                    count.recomputation().times(share()).toString(),
                    recomputation(training.recomputation())));
        }
        if (countsText()) {
            facts.add(new Page.Fact(
                    rule.perParameter() + " N D",
                    rule.flops().times(share()).toString(),
                    "the rule of thumb, " + percent(rule.ratio()) + " of the strict count"));
        }
        saving.ifPresent(saved -> facts.add(savingFact(saved)));
        return facts;
    }

    private static Page.Fact savingFact(CacheSaving saved) {
        return new Page.Fact(
                "cache saves",
                percent(saved.saved()),
                "of generating " + Numbers.grouped(saved.tokens()) + " tokens: " + percent(saved.attentionSaved())
                        + " of attention, " + percent(saved.projectionsSaved())
                        + " of the projections; 1 - 1/s would be "
                        + percent(saved.ruleOfThumb()));
    }

    private static String percent(double share) {
        return Numbers.decimals(100 * share, 2) + " %";
    }

    private String asked() {
        Workload workload = count.workload();
        String sequences = Numbers.grouped(workload.sequences()) + " x " + Numbers.grouped(workload.newTokens());
        String past = workload.pastTokens() > 0 ? " after " + Numbers.grouped(workload.pastTokens()) : "";
        String total = tokens == workload.tokens()
                ? ""
                : ", scaled to " + new Data.Real(tokens).value() + " " + Lengths.tokens(count);
        return phase() + ", " + sequences + " " + Lengths.tokens(count) + past + total;
    }

    private static String recomputation(Recomputation recomputation) {
        return switch (recomputation) {
            case NONE -> "nothing is run again";
            case SELECTIVE -> "the attention core is run again";
            case FULL -> "every layer is run again";
        };
    }

    private Page.Section operatorGrid() {
        List<List<String>> rows = new ArrayList<>();
        double forward = count.operators().total().doubleValue();
        for (Breakdown block : count.operators().children()) {
            for (Breakdown operator : leaves(block)) {
                double part = operator.total().doubleValue();
                rows.add(List.of(
                        block.name(),
                        operator.name(),
                        new Flops(part * share()).toString(),
                        Numbers.decimals(forward == 0 ? 0 : 100 * part / forward, 1) + " %"));
            }
        }
        return new Page.Section.Grid(
                "forward, operator by operator",
                List.of(
                        Page.Column.left("block"),
                        Page.Column.left("operator"),
                        Page.Column.right("FLOPs"),
                        Page.Column.right("share")),
                rows);
    }

    private List<Comparison> textbooks() {
        return count.textbook().stream().toList();
    }
}
