package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What `plimsoll verify` answers: figures predicted and measured, exactly equal or not.
///
/// @param runs in the order in which they were executed
public record VerificationAnswer(List<Run> runs) {
    private static final int MOST_DIFFERENCES = 40;

    /// One model, run one way.
    ///
    /// @param what how it was run
    /// @param traffic bytes that were read and written over those that must be, where that is known
    public record Run(String model, String what, List<Row> rows, OptionalDouble traffic) {
        public Run {
            rows = List.copyOf(rows);
        }

        private long exact() {
            return rows.stream().filter(Row::isExact).count();
        }
    }

    /// One figure; a side that lacks it is empty.
    public record Row(String name, OptionalLong predicted, OptionalLong measured) {
        private boolean isExact() {
            return predicted.equals(measured);
        }
    }

    public VerificationAnswer {
        runs = List.copyOf(runs);
    }

    public boolean isExact() {
        return exact() == compared();
    }

    private long compared() {
        return runs.stream().mapToLong(run -> run.rows().size()).sum();
    }

    private long exact() {
        return runs.stream().mapToLong(Run::exact).sum();
    }

    public Answer answer(View view) {
        return new Answer(data(), page(view));
    }

    private Data.Fields data() {
        List<Data> rows = new ArrayList<>();
        for (Run run : runs) {
            for (Row row : run.rows()) {
                rows.add(Data.Fields.empty()
                        .with("model", run.model())
                        .with("run", run.what())
                        .with("name", row.name())
                        .with("predicted", number(row.predicted()))
                        .with("measured", number(row.measured()))
                        .with("exact", new Data.Truth(row.isExact())));
            }
        }
        List<Data> summaries = new ArrayList<>();
        for (Run run : runs) {
            summaries.add(Data.Fields.empty()
                    .with("model", run.model())
                    .with("run", run.what())
                    .with("compared", (long) run.rows().size())
                    .with("exact", run.exact())
                    .with(
                            "bytesTouchedOverCompulsory",
                            run.traffic().isPresent()
                                    ? new Data.Real(run.traffic().getAsDouble())
                                    : new Data.Nothing()));
        }
        return Data.Fields.empty()
                .with("schema", Answer.SCHEMA)
                .with(
                        "verification",
                        Data.Fields.empty()
                                .with("compared", compared())
                                .with("exact", exact())
                                .with("runs", summaries)
                                .with("rows", rows));
    }

    private static Data number(OptionalLong value) {
        return value.isPresent() ? new Data.Whole(value.getAsLong()) : new Data.Nothing();
    }

    private Page page(View view) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(summary());
        if (view.detail() == View.Detail.EVERY_TENSOR) {
            runs.forEach(run -> sections.add(grid(run.model() + ", " + run.what(), run.rows())));
        } else if (!isExact()) {
            sections.add(grid("differences", differences()));
        }
        sections.add(new Page.Section.Prose(
                "", List.of("RESULT " + Numbers.grouped(exact()) + "/" + Numbers.grouped(compared()) + " exact")));
        return new Page(sections);
    }

    private Page.Section summary() {
        List<List<String>> rows = new ArrayList<>();
        for (Run run : runs) {
            rows.add(List.of(
                    run.model(),
                    run.what(),
                    Numbers.grouped(run.rows().size()),
                    Numbers.grouped(run.exact()),
                    printed(run.traffic())));
        }
        return new Page.Section.Grid(
                "",
                List.of(
                        Page.Column.left("model"),
                        Page.Column.left("run"),
                        Page.Column.right("compared"),
                        Page.Column.right("exact"),
                        Page.Column.right("bytes")),
                rows);
    }

    private static String printed(OptionalDouble traffic) {
        return traffic.isPresent() ? String.format(Locale.ROOT, "%.2f x", traffic.getAsDouble()) : "";
    }

    /// The first of them: a wrong formula is wrong in many places.
    private List<Row> differences() {
        return runs.stream()
                .flatMap(run -> run.rows().stream()
                        .filter(row -> !row.isExact())
                        .map(row -> new Row(run.model() + " " + row.name(), row.predicted(), row.measured())))
                .limit(MOST_DIFFERENCES)
                .toList();
    }

    private static Page.Section grid(String title, List<Row> rows) {
        return new Page.Section.Grid(
                title,
                List.of(Page.Column.left("figure"), Page.Column.right("predicted"), Page.Column.right("measured")),
                rows.stream()
                        .map(row -> List.of(row.name(), printed(row.predicted()), printed(row.measured())))
                        .toList());
    }

    private static String printed(OptionalLong value) {
        return value.isPresent() ? Numbers.grouped(value.getAsLong()) : "none";
    }
}
