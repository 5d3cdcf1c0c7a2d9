package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.result.Feasibility;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;

/// The same training run on several kinds of device, side by side.
///
/// @param answers one for each kind, each of one layout on named devices
public record TrainComparison(List<TrainAnswer> answers) {
    public TrainComparison {
        answers = List.copyOf(answers);
    }

    /// As data all that is known of each; as a page what tells them apart.
    public Data.Items data(View view) {
        return new Data.Items(
                answers.stream().<Data>map(answer -> answer.answer(view).data()).toList());
    }

    public Page page(View view) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(answers.getFirst().subject().section());
        List<List<String>> rows = new ArrayList<>();
        answers.forEach(answer -> answer.plan().ifPresent(plan -> rows.add(row(plan, view.units()))));
        sections.add(new Page.Section.Grid(
                "",
                List.of(
                        Page.Column.left("devices"),
                        Page.Column.left("result"),
                        Page.Column.right("memory"),
                        Page.Column.right("step"),
                        Page.Column.right("tokens/s"),
                        Page.Column.right("MFU"),
                        Page.Column.right("days"),
                        Page.Column.right("cost")),
                rows));
        sections.add(new Page.Section.Prose(
                "", List.of("Each kind's lines: the same with that --gpu alone, or -o json with all of them.")));
        return new Page(sections);
    }

    private static List<String> row(TrainPlan plan, ByteUnits units) {
        TrainMemory memory = plan.memory();
        return List.of(
                plan.setup().devices(),
                memory.feasibility().map(TrainComparison::word).orElse(""),
                units.print(memory.plan().worstStage().device()),
                plan.step().map(step -> Durations.print(step.seconds())).orElse("-"),
                plan.step()
                        .map(step -> Numbers.grouped(Math.round(step.tokensPerSecond())))
                        .orElse("-"),
                plan.step()
                        .map(step -> Numbers.decimals(100 * step.mfu(), 1) + "%")
                        .orElse("-"),
                plan.totals().days().map(days -> Numbers.decimals(days, 1)).orElse("-"),
                plan.totals()
                        .cost()
                        .map(cost -> Numbers.grouped(Math.round(cost)))
                        .orElse("-"));
    }

    private static String word(Feasibility verdict) {
        return switch (verdict) {
            case Feasibility.Fits _ -> "fits";
            case Feasibility.DoesNotFit _ -> "does not fit";
        };
    }
}
