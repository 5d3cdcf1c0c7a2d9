package dev.plimsoll.report.page;

import java.util.ArrayList;
import java.util.List;

/// A page for a terminal of 80 columns: values aligned, prose wrapped.
public final class TextPage {
    private static final int WIDTH = 80;

    private TextPage() {}

    public static String print(Page page) {
        StringBuilder text = new StringBuilder();
        for (Page.Section section : page.sections()) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            switch (section) {
                case Page.Section.Facts(String title, List<Page.Fact> facts) -> {
                    title(text, title);
                    facts(text, facts);
                }
                case Page.Section.Grid grid -> {
                    title(text, grid.title());
                    grid(text, grid);
                }
                case Page.Section.Prose(String title, List<String> lines) -> {
                    title(text, title);
                    lines.forEach(line -> wrapped(text, "", line, ""));
                }
            }
        }
        return text.toString();
    }

    private static void title(StringBuilder text, String title) {
        if (!title.isEmpty()) {
            text.append(title).append('\n');
        }
    }

    private static void facts(StringBuilder text, List<Page.Fact> facts) {
        int names = facts.stream().mapToInt(fact -> fact.name().length()).max().orElse(0);
        int values = facts.stream()
                .mapToInt(fact -> fact.value().length())
                .filter(length -> length <= WIDTH / 3)
                .max()
                .orElse(0);
        for (Page.Fact fact : facts) {
            StringBuilder head = new StringBuilder(fact.name());
            pad(head, names + 2);
            head.append(fact.value());
            if (!fact.note().isEmpty()) {
                pad(head, names + 2 + values + 2);
                if (head.charAt(head.length() - 1) != ' ') {
                    head.append("  ");
                }
            }
            wrapped(text, head.toString(), fact.note(), " ".repeat(Math.min(head.length(), names + 4)));
        }
    }

    private static void grid(StringBuilder text, Page.Section.Grid grid) {
        int[] widths = new int[grid.columns().size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = grid.columns().get(column).heading().length();
            for (List<String> row : grid.rows()) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        row(text, grid.columns().stream().map(Page.Column::heading).toList(), grid, widths);
        grid.rows().forEach(row -> row(text, row, grid, widths));
    }

    private static void row(StringBuilder text, List<String> cells, Page.Section.Grid grid, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String gap = " ".repeat(widths[column] - cells.get(column).length());
            line.append(
                    switch (grid.columns().get(column).side()) {
                        case LEFT -> cells.get(column) + gap;
                        case RIGHT -> gap + cells.get(column);
                    });
            line.append("  ");
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static void wrapped(StringBuilder text, String head, String words, String indent) {
        StringBuilder line = new StringBuilder(head);
        for (String word : words(words)) {
            if (line.length() + word.length() > WIDTH && !line.toString().isBlank()) {
                text.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.append(indent);
            }
            line.append(word).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ' ') {
                if (i > start) {
                    words.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }

    private static void pad(StringBuilder line, int width) {
        while (line.length() < width) {
            line.append(' ');
        }
    }
}
