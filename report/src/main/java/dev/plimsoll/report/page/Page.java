package dev.plimsoll.report.page;

import java.util.ArrayList;
import java.util.List;

/// An answer for people: sections in order.
public record Page(List<Section> sections) {
    public Page {
        sections = List.copyOf(sections);
    }

    public static Page of(Section... sections) {
        return new Page(List.of(sections));
    }

    /// This page with the other's sections behind its own.
    public Page then(Page other) {
        List<Section> all = new ArrayList<>(sections);
        all.addAll(other.sections);
        return new Page(all);
    }

    /// A part of a page.
    public sealed interface Section {
        /// Named values under one another.
        ///
        /// @param title empty for none
        record Facts(String title, List<Fact> facts) implements Section {
            public Facts {
                facts = List.copyOf(facts);
            }
        }

        /// @param title empty for none
        /// @param rows as long as the columns
        record Grid(String title, List<Column> columns, List<List<String>> rows) implements Section {
            public Grid {
                columns = List.copyOf(columns);
                rows = rows.stream().map(List::copyOf).toList();
                for (List<String> row : rows) {
                    if (row.size() != columns.size()) {
                        throw new IllegalArgumentException("a row has as many cells as there are columns: " + row);
                    }
                }
            }
        }

        /// Sentences, wrapped where the medium needs it.
        record Prose(String title, List<String> lines) implements Section {
            public Prose {
                lines = List.copyOf(lines);
            }
        }

        /// Lines to be copied as they are, for example a command.
        record Verbatim(String title, List<String> lines) implements Section {
            public Verbatim {
                lines = List.copyOf(lines);
            }
        }
    }

    /// A named value and what is to be said beside it.
    public record Fact(String name, String value, String note) {}

    /// A column's heading and the side its cells keep to.
    public record Column(String heading, Side side) {
        /// Where text is flush.
        public enum Side {
            LEFT,
            RIGHT
        }

        public static Column left(String heading) {
            return new Column(heading, Side.LEFT);
        }

        public static Column right(String heading) {
            return new Column(heading, Side.RIGHT);
        }
    }
}
