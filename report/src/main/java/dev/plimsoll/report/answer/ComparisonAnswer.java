package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// What `plimsoll compare` answers: the same question of several models, quantity by quantity. The `model` of the answer
/// is the one that the others are compared with.
///
/// @param answers one for each model, the first being what the others are compared with
public record ComparisonAnswer(List<Named> answers) {
    /// A model's answer.
    public record Named(Subject subject, Answer answer) {
        private String name() {
            return subject.name();
        }
    }

    private record Row(String path, List<OptionalDouble> values) {}

    public ComparisonAnswer {
        answers = List.copyOf(answers);
    }

    public Answer answer() {
        List<Row> rows = rows();
        List<Data> items = new ArrayList<>();
        for (Row row : rows) {
            items.add(Data.Fields.empty()
                    .with("quantity", row.path())
                    .with(
                            "values",
                            row.values().stream().map(ComparisonAnswer::number).toList())
                    .with(
                            "differences",
                            differences(row).stream()
                                    .map(ComparisonAnswer::number)
                                    .toList())
                    .with(
                            "ratios",
                            ratios(row).stream().map(ComparisonAnswer::number).toList()));
        }
        Data.Fields data = answers.getFirst()
                .subject()
                .data()
                .with(
                        "models",
                        answers.stream()
                                .<Data>map(answer -> new Data.Words(answer.name()))
                                .toList())
                .with("comparison", items)
                .with("explanations", explanations());
        return new Answer(data, page(rows).then(explained()));
    }

    /// The lines of all answers, each under its model's name.
    private List<Data> explanations() {
        List<Data> lines = new ArrayList<>();
        for (Named answer : answers) {
            if (answer.answer().data().values().get("explanations") instanceof Data.Items(List<Data> items)) {
                items.forEach(item -> lines.add(named(answer.name(), item)));
            }
        }
        return lines;
    }

    private static Data named(String name, Data line) {
        return line instanceof Data.Fields fields && fields.values().get("topic") instanceof Data.Words(String topic)
                ? fields.with("topic", name + ": " + topic)
                : line;
    }

    private Page explained() {
        List<Page.Section> sections = new ArrayList<>();
        for (Named answer : answers) {
            for (Page.Section section : answer.answer().page().sections()) {
                if (section instanceof Page.Section.Prose(String title, List<String> lines)
                        && title.equals(Explained.TITLE)) {
                    sections.add(new Page.Section.Prose(answer.name() + ": " + title, lines));
                }
            }
        }
        return new Page(sections);
    }

    private Page page(List<Row> rows) {
        List<Page.Column> columns = new ArrayList<>();
        columns.add(Page.Column.left("quantity"));
        answers.forEach(answer -> columns.add(Page.Column.right(answer.name())));
        answers.stream().skip(1).forEach(answer -> columns.add(Page.Column.right("ratio")));
        List<List<String>> cells = new ArrayList<>();
        for (Row row : rows) {
            List<String> line = new ArrayList<>();
            line.add(row.path());
            row.values().forEach(value -> line.add(printed(value)));
            ratios(row).stream()
                    .skip(1)
                    .forEach(ratio -> line.add(ratio.isPresent() ? Numbers.decimals(ratio.getAsDouble(), 3) : "-"));
            cells.add(line);
        }
        return Page.of(new Page.Section.Grid("", columns, cells));
    }

    /// Every number that is not inside a list, in the order it is met first.
    private List<Row> rows() {
        Map<String, List<OptionalDouble>> values = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            for (Data.Leaf leaf : Data.leaves(answers.get(i).answer().data())) {
                OptionalDouble number = value(leaf.value());
                if (number.isPresent() && !leaf.path().contains("[")) {
                    values.computeIfAbsent(leaf.path(), path -> new ArrayList<>(empty()))
                            .set(i, number);
                }
            }
        }
        return values.entrySet().stream()
                .map(entry -> new Row(entry.getKey(), entry.getValue()))
                .toList();
    }

    private List<OptionalDouble> empty() {
        return answers.stream().map(answer -> OptionalDouble.empty()).toList();
    }

    private static List<OptionalDouble> differences(Row row) {
        OptionalDouble first = row.values().getFirst();
        return row.values().stream()
                .map(value -> first.isPresent() && value.isPresent()
                        ? OptionalDouble.of(value.getAsDouble() - first.getAsDouble())
                        : OptionalDouble.empty())
                .toList();
    }

    private static List<OptionalDouble> ratios(Row row) {
        OptionalDouble first = row.values().getFirst();
        return row.values().stream()
                .map(value -> first.isPresent() && value.isPresent() && first.getAsDouble() != 0
                        ? OptionalDouble.of(value.getAsDouble() / first.getAsDouble())
                        : OptionalDouble.empty())
                .toList();
    }

    private static OptionalDouble value(Data data) {
        return switch (data) {
            case Data.Whole(long value) -> OptionalDouble.of((double) value);
            case Data.Real(double value) -> OptionalDouble.of(value);
            case Data.Words words -> OptionalDouble.empty();
            case Data.Truth truth -> OptionalDouble.empty();
            case Data.Nothing nothing -> OptionalDouble.empty();
            case Data.Fields fields -> OptionalDouble.empty();
            case Data.Items items -> OptionalDouble.empty();
        };
    }

    private static Data number(OptionalDouble value) {
        return value.isPresent() ? new Data.Real(value.getAsDouble()) : new Data.Nothing();
    }

    private static String printed(OptionalDouble value) {
        if (value.isEmpty()) {
            return "-";
        }
        double number = value.getAsDouble();
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Numbers.grouped((long) number)
                : Numbers.decimalPrefix(number).strip();
    }
}
