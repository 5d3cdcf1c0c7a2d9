package dev.plimsoll.report.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A page for a terminal of 80 columns: values aligned, prose wrapped.
public final class TextPage {
    private static final int WIDTH = 80;
    private static final int NARROWEST = 12;
    private static final String INDENT = "  ";

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
                case Page.Section.Verbatim(String title, List<String> lines) -> {
                    title(text, title);
                    lines.forEach(line -> text.append(line).append('\n'));
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
        int names = facts.stream().mapToInt(fact -> fact.name().length()).max().orElse(0) + 2;
        int values = facts.stream()
                .filter(fact -> !fact.note().isEmpty())
                .mapToInt(fact -> fact.value().length())
                .max()
                .orElse(0);
        int notes = names + (values == 0 ? 0 : values + 2);
        for (Page.Fact fact : facts) {
            StringBuilder head = new StringBuilder(fact.name());
            pad(head, names);
            head.append(fact.value());
            if (!fact.note().isEmpty() && !fact.value().isEmpty()) {
                pad(head, notes);
            }
            wrapped(text, head.toString(), fact.note(), " ".repeat(fact.value().isEmpty() ? names : notes));
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
        narrow(grid, widths);
        row(text, grid.columns().stream().map(Page.Column::heading).toList(), grid, widths);
        grid.rows().forEach(row -> row(text, row, grid, widths));
    }

    /// Takes from the widest columns of words what is too much for a line, but never a part of a word; their cells are
    /// wrapped.
    private static void narrow(Page.Section.Grid grid, int[] widths) {
        int tooMuch = Arrays.stream(widths).sum() + 2 * (widths.length - 1) - WIDTH;
        while (tooMuch > 0) {
            int widest = -1;
            for (int column = 0; column < widths.length; column++) {
                if (widths[column] > narrowest(grid, column) && (widest < 0 || widths[column] > widths[widest])) {
                    widest = column;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
            tooMuch--;
        }
    }

    /// A column of numbers keeps its width, one of words that of its longest word.
    private static int narrowest(Page.Section.Grid grid, int column) {
        if (grid.columns().get(column).side() == Page.Column.Side.RIGHT) {
            return Integer.MAX_VALUE;
        }
        int longest = Math.max(NARROWEST, grid.columns().get(column).heading().length());
        for (List<String> row : grid.rows()) {
            for (String word : words(row.get(column))) {
                longest = Math.max(longest, word.length() + INDENT.length());
            }
        }
        return longest;
    }

    private static void row(StringBuilder text, List<String> cells, Page.Section.Grid grid, int[] widths) {
        List<List<String>> lines = new ArrayList<>();
        int height = 0;
        for (int column = 0; column < widths.length; column++) {
            lines.add(folded(cells.get(column), widths[column]));
            height = Math.max(height, lines.getLast().size());
        }
        for (int line = 0; line < height; line++) {
            StringBuilder printed = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell =
                        line < lines.get(column).size() ? lines.get(column).get(line) : "";
                String gap = " ".repeat(Math.max(0, widths[column] - cell.length()));
                printed.append(
                        switch (grid.columns().get(column).side()) {
                            case LEFT -> cell + gap;
                            case RIGHT -> gap + cell;
                        });
                printed.append("  ");
            }
            text.append(printed.toString().stripTrailing()).append('\n');
        }
    }

    /// The words of a cell in lines of at most that width, further lines indented.
    private static List<String> folded(String cell, int width) {
        if (cell.length() <= width) {
            return List.of(cell);
        }
        StringBuilder text = new StringBuilder();
        wrapped(text, "", cell, INDENT, width);
        return text.toString().lines().toList();
    }

    /// Words in lines; a sentence that begins with spaces keeps them, and its further lines stand deeper.
    private static void wrapped(StringBuilder text, String head, String words, String indent) {
        String own = words.substring(0, words.length() - words.stripLeading().length());
        wrapped(text, head + own, words, own.isEmpty() ? indent : own + INDENT, WIDTH);
    }

    private static void wrapped(StringBuilder text, String head, String words, String indent, int width) {
        StringBuilder line = new StringBuilder(head);
        boolean empty = true;
        for (String word : words(words)) {
            if (line.length() + word.length() > width && !empty) {
                text.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.append(indent);
            }
            line.append(word).append(' ');
            empty = false;
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
