package dev.plimsoll.formats.launch;

import dev.plimsoll.model.failure.InputException;

/// Goes through the characters of a shell script, joining lines that end with a backslash.
final class ShellText {
    /// Stands after the last character.
    static final char END = '\0';

    private static final int LONGEST_EXPANSION = 1 << 20;

    private final String name;
    private final String text;
    private int position;
    private int line = 1;
    private int expanded;

    ShellText(String name, String text) {
        this.name = name;
        this.text = text;
    }

    int line() {
        return line;
    }

    char peek() {
        join();
        return position < text.length() ? text.charAt(position) : END;
    }

    boolean startsWith(String prefix) {
        join();
        return text.startsWith(prefix, position);
    }

    boolean atEnd() {
        join();
        return position >= text.length();
    }

    char next() {
        join();
        char at = text.charAt(position++);
        if (at == '\n') {
            line++;
        }
        return at;
    }

    void skip(int characters) {
        for (int i = 0; i < characters && !atEnd(); i++) {
            next();
        }
    }

    /// Passes the rest of the line, its end excluded, and gives it.
    String restOfLine() {
        int start = position;
        while (position < text.length() && text.charAt(position) != '\n') {
            position++;
        }
        return text.substring(start, position);
    }

    /// What stands between an opening bracket that was passed and the closing one, which is passed too.
    String until(char open, char close) {
        StringBuilder inside = new StringBuilder();
        int depth = 1;
        while (!atEnd()) {
            char at = next();
            if (at == close && --depth == 0) {
                return inside.toString();
            }
            if (at == open && open != close) {
                depth++;
            }
            inside.append(at);
        }
        throw broken("found no '" + close + "' to the end, expected one");
    }

    /// A single-quoted text whose opening quote was passed: nothing in it is special.
    String quoted() {
        int end = text.indexOf('\'', position);
        if (end < 0) {
            throw broken("found no second ' to the end, expected one");
        }
        String inside = text.substring(position, end);
        line += (int) inside.chars().filter(character -> character == '\n').count();
        position = end + 1;
        return inside;
    }

    /// Counts characters that variables were replaced by, so that no script can make endless text.
    void countExpansion(int characters) {
        expanded += characters;
        if (expanded > LONGEST_EXPANSION) {
            throw broken("variables that expand to more than 1 MiB, expected some kilobytes");
        }
    }

    InputException broken(String cause) {
        return InputException.unreadable(
                name + ": line " + line + ": " + cause, "Correct the script, or give the command line alone.");
    }

    private void join() {
        while (text.startsWith("\\\n", position) || text.startsWith("\\\r\n", position)) {
            position = text.indexOf('\n', position) + 1;
            line++;
        }
    }
}
