package dev.plimsoll.report.answer;

import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;

/// A run as another program's launch file.
///
/// @param text to be pasted, as it is
/// @param unsaid what the file cannot say, each with where it is said instead
public record TrainLaunch(String framework, String text, List<String> unsaid) {
    public TrainLaunch {
        unsaid = List.copyOf(unsaid);
    }

    Data.Fields data() {
        return Data.Fields.empty()
                .with("framework", framework)
                .with("text", text)
                .with("unsaid", unsaid.stream().map(Data.Words::new).toList());
    }

    List<Page.Section> sections() {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(new Page.Section.Verbatim("for " + framework, text.lines().toList()));
        if (!unsaid.isEmpty()) {
            sections.add(new Page.Section.Prose("", List.of("not said there: " + String.join("; ", unsaid))));
        }
        return sections;
    }
}
