package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.search.Rejection;
import dev.plimsoll.planner.search.SearchResult;
import dev.plimsoll.planner.search.SearchResult.Outcome;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a search found, and why the others lost.
///
/// @param best the best layouts, planned in full, the best first
/// @param front layouts than which no other is better in time, memory and devices at once; the fastest first
/// @param candidates of the whole space
/// @param objective what was wanted most, in a word
public record TrainSearch(SearchResult result, List<Found> best, List<Found> front, long candidates, String objective) {
    /// One layout that fits.
    ///
    /// @param flags that ask for it
    public record Found(TrainSetup setup, TrainMemory memory, TrainStep step, String flags) {}

    public TrainSearch {
        best = List.copyOf(best);
        front = List.copyOf(front);
    }

    private boolean isWhole() {
        return result.outcome() == Outcome.COMPLETE;
    }

    Data.Fields data() {
        List<Data> rejected = new ArrayList<>();
        for (Map.Entry<Rejection, Long> reason : reasons()) {
            rejected.add(Data.Fields.empty()
                    .with("reason", reason.getKey().toString())
                    .with("count", reason.getValue()));
        }
        return Data.Fields.empty()
                .with("evaluated", result.considered())
                .with("feasible", result.fitting())
                .with("candidates", candidates)
                .with("complete", new Data.Truth(isWhole()))
                .with("objective", objective)
                .with("best", ranked(best))
                .with("front", ranked(front))
                .with("rejected", rejected);
    }

    private static List<Data> ranked(List<Found> layouts) {
        List<Data> ranked = new ArrayList<>();
        for (int at = 0; at < layouts.size(); at++) {
            Found found = layouts.get(at);
            ranked.add(Data.Fields.empty()
                    .with("rank", at + 1)
                    .with("layout", found.setup().layout())
                    .with("recompute", found.setup().recompute())
                    .with("seconds", found.step().seconds())
                    .with("tokensPerSecondPerDevice", found.step().tokensPerSecondPerDevice())
                    .with("mfu", found.step().mfu())
                    .with("bubble", found.step().bubble())
                    .with("deviceBytes", found.memory().plan().worstStage().device())
                    .with("flags", found.flags()));
        }
        return ranked;
    }

    private List<Map.Entry<Rejection, Long>> reasons() {
        return result.rejected().entrySet().stream()
                .filter(reason -> reason.getValue() > 0)
                .sorted(Map.Entry.<Rejection, Long>comparingByValue(Comparator.reverseOrder()))
                .toList();
    }

    List<Page.Section> sections(ByteUnits units) {
        List<Page.Section> sections = new ArrayList<>();
        if (!best.isEmpty()) {
            sections.add(new Page.Section.Prose(
                    "",
                    List.of(
                            "layouts: tp with sequence parallelism (s), pp with chunks (x) or a zero bubble (zb), cp by ring "
                                    + "or all-to-all (a), ep, dp with ZeRO's stage (z) and its shards (/)")));
            sections.add(grid("the best by " + objective, best, units));
        }
        if (front.size() > 1) {
            sections.add(grid("nothing is faster with less memory and fewer devices than", front, units));
        }
        String why = reasons().stream()
                .map(reason -> Numbers.grouped(reason.getValue()) + " " + reason.getKey())
                .collect(Collectors.joining("; "));
        String looked = "looked at " + Numbers.grouped(result.considered()) + " of " + Numbers.grouped(candidates)
                + " layouts" + (isWhole() ? "" : " before it was interrupted") + ": "
                + Numbers.grouped(result.fitting()) + " fit";
        sections.add(new Page.Section.Prose("", List.of(looked + ".", "why others lost: " + why + ".")));
        return sections;
    }

    private Page.Section grid(String title, List<Found> layouts, ByteUnits units) {
        List<List<String>> rows = new ArrayList<>();
        for (int at = 0; at < layouts.size(); at++) {
            rows.add(row(at + 1, layouts.get(at), units));
        }
        return new Page.Section.Grid(
                title,
                List.of(
                        Page.Column.right("#"),
                        Page.Column.left("layout"),
                        Page.Column.right("mbs"),
                        Page.Column.left("recompute"),
                        Page.Column.right("memory"),
                        Page.Column.right("bubble"),
                        Page.Column.right("MFU"),
                        Page.Column.right("step")),
                rows);
    }

    private List<String> row(int rank, Found found, ByteUnits units) {
        TrainSetup setup = found.setup();
        return List.of(
                Integer.toString(rank),
                (isOfSeveralKinds() ? setup.gpu() + " " : "") + setup.shortLayout(),
                Long.toString(setup.job().batch().microBatch()),
                setup.recompute(),
                units.print(found.memory().plan().worstStage().device()),
                Numbers.decimals(100 * found.step().bubble(), 1) + "%",
                Numbers.decimals(100 * found.step().mfu(), 1) + "%",
                Durations.print(found.step().seconds()));
    }

    private boolean isOfSeveralKinds() {
        return Stream.concat(best.stream(), front.stream())
                        .map(found -> found.setup().gpu())
                        .distinct()
                        .count()
                > 1;
    }
}
