package dev.plimsoll.planner.hardware.catalogue;

import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the part of YAML that files of devices need: keys with values, groups by indentation, comments, quotes.
///
/// Everything else of YAML (lists by dashes, braces, anchors, tags, texts over several lines) is refused by line.
/// A reader of our own, since the planner has no dependencies and its errors have to name lines.
final class SettingsReader {
    private static final int DEEPEST = 8;
    private static final int MOST_LINES = 20_000;
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63}) *:(?: +(.*))?");
    private static final String EXPECTED_ENTRY = "`key: value` or `key:` with indented lines below it";

    private record Line(int number, int indent, String text) {}

    private final String file;
    private final List<Line> lines;
    private int at;

    private SettingsReader(String file, String text) {
        this.file = file;
        this.lines = lines(text);
    }

    static Setting.Group read(String file, String text) {
        SettingsReader reader = new SettingsReader(file, text);
        Setting.Place whole = new Setting.Place(file, 1, "");
        if (reader.lines.isEmpty()) {
            throw whole.refused("nothing", EXPECTED_ENTRY);
        }
        return reader.group(whole, reader.lines.getFirst().indent(), 1);
    }

    private Setting.Group group(Setting.Place place, int indent, int depth) {
        SequencedMap<String, Setting> members = new LinkedHashMap<>();
        while (at < lines.size() && lines.get(at).indent() >= indent) {
            Line line = lines.get(at++);
            Matcher entry = ENTRY.matcher(line.text());
            if (line.indent() > indent || !entry.matches()) {
                throw new Setting.Place(file, line.number(), place.path())
                        .refused("'" + Text.printable(line.text()) + "'", EXPECTED_ENTRY);
            }
            Setting.Place below = place.below(line.number(), entry.group(1));
            String value = entry.group(2);
            Setting setting = value == null || value.isEmpty() ? nested(below, indent, depth) : scalar(below, value);
            if (members.putIfAbsent(entry.group(1), setting) != null) {
                throw below.refused("the key a second time", "each key once");
            }
        }
        return new Setting.Group(place, members);
    }

    private Setting nested(Setting.Place place, int indent, int depth) {
        if (at == lines.size() || lines.get(at).indent() <= indent) {
            throw place.refused("nothing", "a value, or indented lines below it");
        }
        if (depth == DEEPEST) {
            throw place.refused("groups in groups", "at most " + DEEPEST + " of them");
        }
        Setting.Group group = group(place, lines.get(at).indent(), depth + 1);
        if (at < lines.size() && lines.get(at).indent() > indent) {
            throw new Setting.Place(file, lines.get(at).number(), place.path())
                    .refused("an indentation that fits no line above", "the indentation of its neighbours");
        }
        return group;
    }

    private static Setting.Scalar scalar(Setting.Place place, String value) {
        char first = value.charAt(0);
        if (first == '"' || first == '\'') {
            if (value.length() < 2 || value.indexOf(first, 1) != value.length() - 1) {
                throw place.refused(Text.printable(value), "a text that ends with the quote it begins with");
            }
            return new Setting.Scalar(place, value.substring(1, value.length() - 1));
        }
        if ("-{}[|>&*!%@`".indexOf(first) >= 0) {
            throw place.refused("'" + Text.printable(value) + "'", "a plain value; several are written a, b, c");
        }
        return new Setting.Scalar(place, value);
    }

    private List<Line> lines(String text) {
        List<Line> found = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\\R", -1)) {
            number++;
            String line = withoutComment(raw).stripTrailing();
            if (number > MOST_LINES) {
                throw new Setting.Place(file, number, "").refused("more lines", "at most " + MOST_LINES);
            }
            if (line.isBlank() || line.equals("---")) {
                continue;
            }
            int indent = 0;
            while (line.charAt(indent) == ' ') {
                indent++;
            }
            if (line.charAt(indent) == '\t') {
                throw new Setting.Place(file, number, "").refused("a tab", "spaces for indentation");
            }
            found.add(new Line(number, indent, line.substring(indent)));
        }
        return found;
    }

    /// A comment begins with `#` at the start or after a space, outside quotes that begin a value.
    private static String withoutComment(String line) {
        int colon = line.indexOf(": ");
        String value = colon < 0 ? "" : line.substring(colon + 2).stripLeading();
        int from = 0;
        if (!value.isEmpty() && (value.charAt(0) == '"' || value.charAt(0) == '\'')) {
            int open = line.indexOf(value.charAt(0), colon);
            from = Math.max(line.indexOf(value.charAt(0), open + 1), open);
        }
        for (int i = line.indexOf('#', from); i >= 0; i = line.indexOf('#', i + 1)) {
            if (i == 0 || Character.isWhitespace(line.charAt(i - 1))) {
                return line.substring(0, i);
            }
        }
        return line;
    }
}
