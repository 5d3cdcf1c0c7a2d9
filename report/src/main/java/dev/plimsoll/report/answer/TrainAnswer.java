package dev.plimsoll.report.answer;

import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What `plimsoll train` answers: one layout in full, and what a search found beside it.
///
/// @param plan the layout that was asked for, or the best; empty where a search found none that fits
/// @param search empty where nothing was searched
/// @param solved empty where nothing was solved for
/// @param imported empty where the question was not read from a launch file
public record TrainAnswer(
        Subject subject,
        Optional<TrainPlan> plan,
        Optional<TrainSearch> search,
        Optional<TrainSolved> solved,
        Optional<TrainImport> imported) {
    /// Of one layout, or of none where none fits.
    public static TrainAnswer of(Subject subject, Optional<TrainPlan> plan) {
        return new TrainAnswer(subject, plan, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public TrainAnswer withSearch(TrainSearch found) {
        return new TrainAnswer(subject, plan, Optional.of(found), solved, imported);
    }

    public TrainAnswer withSolved(TrainSolved found) {
        return new TrainAnswer(subject, plan, search, Optional.of(found), imported);
    }

    public TrainAnswer withImport(TrainImport read) {
        return new TrainAnswer(subject, plan, search, solved, Optional.of(read));
    }

    public Answer answer(View view) {
        List<Explanation> explanations =
                view.explains() ? plan.map(TrainPlan::explanations).orElse(List.of()) : List.of();
        Data.Fields data = subject.data()
                .with("feasibility", feasibility())
                .with("layout", of(TrainPlan::setup, TrainSetup::layout))
                .with("method", of(TrainPlan::setup, TrainSetup::method))
                .with("memory", of(TrainPlan::memory, TrainMemory::data))
                .with("step", inside(plan.flatMap(TrainPlan::step), TrainStep::data))
                .with("run", inside(plan, known -> known.totals().data()))
                .with("search", inside(search, TrainSearch::data))
                .with("solved", inside(solved, TrainSolved::data))
                .with("import", inside(imported, TrainImport::data))
                .with("launch", inside(plan.flatMap(TrainPlan::launch), TrainLaunch::data))
                .with(
                        "try",
                        plan.map(TrainPlan::remedies).orElse(List.of()).stream()
                                .map(Data.Words::new)
                                .toList())
                .with("flags", inside(plan, known -> new Data.Words(known.flags())))
                .with("explanations", Explained.data(explanations));
        return new Answer(data, page(view, explanations));
    }

    /// Whether it is known to fit, or there is no device that it could fail to fit on.
    public boolean fits() {
        return plan.map(known -> known.memory()
                        .feasibility()
                        .map(verdict -> verdict.word().equals("fits"))
                        .orElse(true))
                .orElse(false);
    }

    private Data feasibility() {
        if (plan.isEmpty()) {
            return new Data.Words("does-not-fit");
        }
        return inside(plan.flatMap(known -> known.memory().feasibility()), verdict -> new Data.Words(verdict.word()));
    }

    private <T> Data of(Function<TrainPlan, T> part, Function<T, Data.Fields> data) {
        return inside(plan.map(part), data);
    }

    private static <T> Data inside(Optional<T> part, Function<T, ? extends Data> data) {
        return part.<Data>map(data).orElse(new Data.Nothing());
    }

    private Page page(View view, List<Explanation> explanations) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(subject.section());
        imported.ifPresent(read -> sections.addAll(read.sections()));
        solved.ifPresent(found -> sections.add(new Page.Section.Facts("", List.of(found.fact()))));
        sections.add(new Page.Section.Facts(
                "",
                List.of(plan.map(known -> known.memory().verdict(view.units()))
                        .orElse(new Page.Fact("RESULT", "NOTHING FITS", "of all layouts that were looked at")))));
        plan.filter(known -> !known.remedies().isEmpty())
                .ifPresent(known -> sections.add(new Page.Section.Facts(
                        "", List.of(new Page.Fact("try", "", String.join(" | ", known.remedies()))))));
        search.ifPresent(found -> sections.addAll(found.sections(view.units())));
        plan.ifPresent(known -> sections.addAll(known.sections(view)));
        if (view.explains()) {
            sections.add(Explained.section(explanations, List.of()));
        }
        plan.ifPresent(known -> sections.addAll(known.pasted()));
        return new Page(sections);
    }
}
