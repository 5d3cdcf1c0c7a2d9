package dev.plimsoll.report.page;

import java.util.List;
import java.util.stream.Collectors;

/// A page as GitHub's Markdown: facts and grids as tables, prose as paragraphs.
public final class MarkdownPage {
    private MarkdownPage() {}

    public static String print(Page page) {
        StringBuilder text = new StringBuilder();
        for (Page.Section section : page.sections()) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            switch (section) {
                case Page.Section.Facts(String title, List<Page.Fact> facts) -> {
                    title(text, title);
                    text.append("| | | |\n|---|---|---|\n");
                    facts.forEach(fact -> row(text, List.of(fact.name(), fact.value(), fact.note())));
                }
                case Page.Section.Grid grid -> {
                    title(text, grid.title());
                    row(text, grid.columns().stream().map(Page.Column::heading).toList());
                    text.append(grid.columns().stream()
                                    .map(column -> column.side() == Page.Column.Side.LEFT ? "---" : "--:")
                                    .collect(Collectors.joining("|", "|", "|")))
                            .append('\n');
                    grid.rows().forEach(cells -> row(text, cells));
                }
                case Page.Section.Prose(String title, List<String> lines) -> {
                    title(text, title);
                    text.append(String.join("\n\n", lines)).append('\n');
                }
                case Page.Section.Verbatim(String title, List<String> lines) -> {
                    title(text, title);
                    text.append("```\n").append(String.join("\n", lines)).append("\n```\n");
                }
            }
        }
        return text.toString();
    }

    private static void title(StringBuilder text, String title) {
        if (!title.isEmpty()) {
            text.append("**").append(title).append("**\n\n");
        }
    }

    private static void row(StringBuilder text, List<String> cells) {
        text.append(cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |")))
                .append('\n');
    }
}
