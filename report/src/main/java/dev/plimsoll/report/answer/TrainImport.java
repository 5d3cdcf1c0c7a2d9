package dev.plimsoll.report.answer;

import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;

/// A launch file that a question was read from, and what was made of each entry.
///
/// @param framework whose file it is
/// @param flags what was understood, as flags of `plimsoll train`
public record TrainImport(
        String file, String framework, List<Entry> understood, List<Entry> ignored, List<String> flags) {
    /// @param words what it means, or why it was left out
    public record Entry(String entry, String value, String words) {}

    public TrainImport {
        understood = List.copyOf(understood);
        ignored = List.copyOf(ignored);
        flags = List.copyOf(flags);
    }

    Data.Fields data() {
        return Data.Fields.empty()
                .with("file", file)
                .with("framework", framework)
                .with("understood", entries(understood, "meaning"))
                .with("ignored", entries(ignored, "reason"))
                .with("flags", String.join(" ", flags));
    }

    private static List<Data> entries(List<Entry> entries, String words) {
        List<Data> data = new ArrayList<>();
        for (Entry entry : entries) {
            data.add(Data.Fields.empty()
                    .with("entry", entry.entry())
                    .with("value", entry.value())
                    .with(words, entry.words()));
        }
        return data;
    }

    List<Page.Section> sections() {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(grid("understood of " + file + ", " + framework, understood, "meaning"));
        if (!ignored.isEmpty()) {
            sections.add(grid("left out", ignored, "reason"));
        }
        return sections;
    }

    private static Page.Section grid(String title, List<Entry> entries, String words) {
        return new Page.Section.Grid(
                title,
                List.of(Page.Column.left("entry"), Page.Column.left("value"), Page.Column.left(words)),
                entries.stream()
                        .map(entry -> List.of(entry.entry(), entry.value(), entry.words()))
                        .toList());
    }
}
