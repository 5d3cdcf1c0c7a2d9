package dev.plimsoll.formats.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one word of a script, which becomes several where a variable without quotes holds several.
final class ShellWords {
    private static final Pattern PARAMETER =
            Pattern.compile("(?s)([A-Za-z_][A-Za-z0-9_]*|[0-9]+)(\\[[@*]\\])?(?:(:?[-=])(.*))?");
    private static final int DEEPEST = 20;
    /// Of one word; further ones need not be named.
    private static final int MOST_UNKNOWN = 8;

    private enum Quotes {
        NONE,
        DOUBLE
    }

    private final ShellText text;
    private final ShellVariables variables;
    private final int depth;
    private final List<ShellWord> done = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private final List<String> unknown = new ArrayList<>();
    private boolean begun;

    private ShellWords(ShellText text, ShellVariables variables, int depth) {
        this.text = text;
        this.variables = variables;
        this.depth = depth;
    }

    /// The words that begin where the text stands, up to a blank or an operator.
    static List<ShellWord> read(ShellText text, ShellVariables variables) {
        ShellWords words = new ShellWords(text, variables, 0);
        while (!text.atEnd() && " \t\r\n;&|<>()".indexOf(text.peek()) < 0) {
            words.piece();
        }
        return words.finish();
    }

    private List<ShellWord> finish() {
        if (begun) {
            done.add(new ShellWord(current.toString(), unknown));
        }
        return done;
    }

    private void piece() {
        char at = text.next();
        switch (at) {
            case '\'' -> literal(text.quoted());
            case '"' -> doubleQuoted();
            case '\\' -> literal(text.atEnd() ? "\\" : String.valueOf(text.next()));
            case '$' -> dollar(Quotes.NONE);
            case '`' -> unresolved("`" + text.until('`', '`') + "`");
            default -> literal(String.valueOf(at));
        }
    }

    private void doubleQuoted() {
        begun = true;
        while (true) {
            if (text.atEnd()) {
                throw text.broken("found no second \" to the end, expected one");
            }
            char at = text.next();
            switch (at) {
                case '"' -> {
                    return;
                }
                case '\\' -> escaped();
                case '$' -> dollar(Quotes.DOUBLE);
                case '`' -> unresolved("`" + text.until('`', '`') + "`");
                default -> literal(String.valueOf(at));
            }
        }
    }

    private void escaped() {
        char after = text.peek();
        if ("$`\"\\".indexOf(after) >= 0) {
            literal(String.valueOf(text.next()));
        } else {
            literal("\\");
        }
    }

    private void dollar(Quotes quotes) {
        if (text.startsWith("((")) {
            text.skip(2);
            String sum = text.until('(', ')');
            if (text.peek() == ')') {
                text.next();
            }
            Optional<Long> value = ShellArithmetic.value(sum, variables);
            value.ifPresentOrElse(number -> literal(number.toString()), () -> unresolved("$((" + sum + "))"));
        } else if (text.peek() == '(') {
            text.next();
            unresolved("$(" + text.until('(', ')') + ")");
        } else if (text.peek() == '{') {
            text.next();
            parameter(text.until('{', '}'), quotes);
        } else {
            named(quotes);
        }
    }

    private void named(Quotes quotes) {
        StringBuilder name = new StringBuilder();
        while (isNamePart(text.peek()) && !(name.length() == 1 && Character.isDigit(name.charAt(0)))) {
            name.append(text.next());
        }
        if (!name.isEmpty()) {
            parameter(name.toString(), quotes);
        } else if ("@*#?!$-".indexOf(text.peek()) >= 0 && !text.atEnd()) {
            unresolved("$" + text.next());
        } else {
            literal("$");
        }
    }

    /// What stands in `${...}`: a name, a name with `[@]`, or a name with a default.
    private void parameter(String inside, Quotes quotes) {
        Matcher matcher = PARAMETER.matcher(inside);
        if (!matcher.matches()) {
            unresolved("${" + inside + "}");
            return;
        }
        Optional<List<ShellWord>> value = variables.get(matcher.group(1));
        boolean everyElement = matcher.group(2) != null;
        boolean hasDefault = matcher.group(3) != null;
        if (value.isPresent() && (everyElement || !value.get().isEmpty())) {
            expand(everyElement ? value.get() : value.get().subList(0, 1), quotes);
        } else if (hasDefault && depth < DEEPEST) {
            expand(List.of(inQuotes(matcher.group(4))), quotes);
        } else {
            unresolved("${" + inside + "}");
        }
    }

    /// A default, which may name variables in its turn.
    private ShellWord inQuotes(String fallback) {
        ShellWords inner = new ShellWords(new ShellText("a default", fallback), variables, depth + 1);
        inner.begun = true;
        while (!inner.text.atEnd()) {
            inner.piece();
        }
        List<ShellWord> words = inner.finish();
        return new ShellWord(
                String.join(" ", words.stream().map(ShellWord::text).toList()),
                words.stream().flatMap(word -> word.unknown().stream()).toList());
    }

    private void expand(List<ShellWord> values, Quotes quotes) {
        for (int i = 0; i < values.size(); i++) {
            ShellWord value = values.get(i);
            text.countExpansion(value.text().length());
            if (i > 0) {
                endWord();
            }
            value.unknown().forEach(this::addUnknown);
            switch (quotes) {
                case DOUBLE -> literal(value.text());
                case NONE -> split(value);
            }
        }
    }

    /// Blanks in an unquoted value end words.
    private void split(ShellWord value) {
        String[] fields = value.text().split("\\s+", -1);
        for (int i = 0; i < fields.length; i++) {
            if (i > 0) {
                endWord();
                value.unknown().stream().filter(fields[i]::contains).forEach(this::addUnknown);
            }
            if (!fields[i].isEmpty()) {
                literal(fields[i]);
            }
        }
    }

    private void endWord() {
        if (begun) {
            done.add(new ShellWord(current.toString(), unknown));
        }
        current.setLength(0);
        unknown.clear();
        begun = false;
    }

    private void unresolved(String name) {
        addUnknown(name);
        literal(name);
    }

    private void addUnknown(String name) {
        if (unknown.size() < MOST_UNKNOWN && !unknown.contains(name)) {
            unknown.add(name);
        }
    }

    private void literal(String more) {
        text.countExpansion(more.length());
        current.append(more);
        begun = true;
    }

    private static boolean isNamePart(char character) {
        return character < 128 && (Character.isLetterOrDigit(character) || character == '_');
    }
}
