package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.List;

/// What `plimsoll models` answers: the published models that are built in.
public record CatalogueAnswer(List<Entry> entries) {
    /// @param reference what a command calls it
    /// @param parameters counted from its config
    /// @param source where its config and the published figure come from
    public record Entry(String reference, String name, String architecture, long parameters, String source) {}

    public CatalogueAnswer {
        entries = List.copyOf(entries);
    }

    public Answer answer() {
        Data.Fields data = Data.Fields.empty()
                .with("schema", Answer.SCHEMA)
                .with(
                        "models",
                        entries.stream().<Data>map(CatalogueAnswer::data).toList());
        return new Answer(data, entries.size() == 1 ? single(entries.getFirst()) : list());
    }

    private static Data data(Entry entry) {
        return Data.Fields.empty()
                .with("reference", entry.reference())
                .with("name", entry.name())
                .with("architecture", entry.architecture())
                .with("parameters", entry.parameters())
                .with("source", entry.source());
    }

    private static Page single(Entry entry) {
        return Page.of(new Page.Section.Facts(
                "",
                List.of(
                        new Page.Fact("model", entry.reference(), entry.name()),
                        new Page.Fact("architecture", entry.architecture(), ""),
                        new Page.Fact("parameters", Numbers.grouped(entry.parameters()), "counted from its config"),
                        new Page.Fact("source", "", entry.source()))));
    }

    private Page list() {
        return Page.of(new Page.Section.Grid(
                "",
                List.of(Page.Column.left("model"), Page.Column.left("architecture"), Page.Column.right("parameters")),
                entries.stream()
                        .map(entry ->
                                List.of(entry.reference(), entry.architecture(), Numbers.grouped(entry.parameters())))
                        .toList()));
    }
}
