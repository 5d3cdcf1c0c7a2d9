package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.ShellCommand.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the commands of a shell script without running anything.
///
/// Variables and arrays that the script sets are put in, `$((...))` is computed, `${NAME:-default}` gives the default.
/// Conditions and loops are not followed: what is in them is marked, and a variable that is set in them becomes
/// unknown. So are arguments, the environment and what programs print.
final class ShellScript {
    private static final Pattern ASSIGNMENT = Pattern.compile("(?s)([A-Za-z_][A-Za-z0-9_]*)(\\+?)=(.*)");
    private static final Pattern ASSIGNED_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\+?=");
    private static final Set<String> OPENING = Set.of("if", "for", "while", "until", "case", "select");
    private static final Set<String> CLOSING = Set.of("fi", "done", "esac");
    private static final Set<String> BETWEEN = Set.of("then", "else", "elif", "do", "{", "}", "!", "time");
    private static final Set<String> DECLARING = Set.of("export", "local", "declare", "readonly", "typeset");
    private static final int MOST_WORDS = 20_000;

    private final ShellText text;
    private final ShellVariables variables = new ShellVariables();
    private final List<ShellCommand> commands = new ArrayList<>();
    private final List<ShellWord> words = new ArrayList<>();
    private final List<String> heredocs = new ArrayList<>();
    private int depth;
    private int line;
    private int countedWords;

    private ShellScript(ShellText text) {
        this.text = text;
    }

    /// The commands in the order of the text.
    ///
    /// @param name what errors call the input
    /// @throws InputException for a quote or bracket that is not closed, or a script past all reason
    static List<ShellCommand> read(String name, String text) {
        ShellScript script = new ShellScript(new ShellText(name, text));
        while (!script.text.atEnd()) {
            script.step();
        }
        script.endCommand();
        return script.commands;
    }

    private void step() {
        char at = text.peek();
        if (at == ' ' || at == '\t' || at == '\r') {
            text.next();
        } else if (at == '#') {
            text.restOfLine();
        } else if (at == '\n') {
            endCommand();
            text.next();
            skipHeredocs();
        } else if (";&|()".indexOf(at) >= 0) {
            endCommand();
            text.next();
        } else if (at == '<' || at == '>') {
            redirection();
        } else {
            word();
        }
    }

    private void word() {
        if (words.isEmpty()) {
            line = text.line();
        }
        List<ShellWord> read = ShellWords.read(text, variables);
        countedWords += read.size();
        if (countedWords > MOST_WORDS) {
            throw text.broken("more than " + MOST_WORDS + " words, expected some hundreds");
        }
        if (words.isEmpty() && read.size() == 1 && isKeyword(read.getFirst())) {
            keyword(read.getFirst().text());
        } else if (read.size() == 1
                && ASSIGNED_NAME.matcher(read.getFirst().text()).matches()
                && text.peek() == '(') {
            array(read.getFirst().text());
        } else {
            words.addAll(read);
        }
    }

    private void keyword(String word) {
        if (OPENING.contains(word)) {
            depth++;
        } else if (CLOSING.contains(word)) {
            depth = Math.max(0, depth - 1);
        }
    }

    private static boolean isKeyword(ShellWord word) {
        return OPENING.contains(word.text()) || CLOSING.contains(word.text()) || BETWEEN.contains(word.text());
    }

    /// `NAME=(words)`, or `NAME+=(words)`.
    private void array(String assigned) {
        text.next();
        List<ShellWord> elements = new ArrayList<>();
        while (text.peek() != ')') {
            if (text.atEnd()) {
                throw text.broken("found no ) to the end, expected one");
            }
            if (" \t\r\n".indexOf(text.peek()) >= 0) {
                text.next();
            } else if (text.peek() == '#') {
                text.restOfLine();
            } else if (";&|<>(".indexOf(text.peek()) >= 0) {
                throw text.broken("found '" + text.peek() + "' in an array, expected a word or )");
            } else {
                elements.addAll(ShellWords.read(text, variables));
            }
        }
        text.next();
        String name = assigned.replaceAll("\\+?=$", "");
        assign(name, assigned.endsWith("+=") ? variables.get(name).orElse(List.of()) : List.of(), elements);
    }

    /// Sets a variable to what it held before and more.
    private void assign(String name, List<ShellWord> before, List<ShellWord> more) {
        if (depth > 0) {
            commands.add(new ShellCommand(text.line(), Place.CONDITIONAL, more));
            if (before.isEmpty()) {
                variables.forget(name);
            }
            return;
        }
        List<ShellWord> value = new ArrayList<>(before);
        value.addAll(more);
        text.countExpansion(
                value.stream().mapToInt(word -> word.text().length()).sum());
        variables.set(name, value);
    }

    private void endCommand() {
        int first = 0;
        while (first < words.size() && (DECLARING.contains(words.get(first).text()) || assigned(words.get(first)))) {
            first++;
        }
        if (first < words.size()) {
            Place place = depth > 0 ? Place.CONDITIONAL : Place.ALWAYS;
            commands.add(new ShellCommand(line, place, words.subList(first, words.size())));
        }
        words.clear();
    }

    private boolean assigned(ShellWord word) {
        Matcher matcher = ASSIGNMENT.matcher(word.text());
        if (!matcher.matches()) {
            return false;
        }
        ShellWord value = new ShellWord(matcher.group(3), word.unknown());
        if (matcher.group(2).isEmpty()) {
            assign(matcher.group(1), List.of(), List.of(value));
        } else {
            append(matcher.group(1), value);
        }
        return true;
    }

    /// `NAME+=text` lengthens a text.
    private void append(String name, ShellWord more) {
        List<ShellWord> old = variables.get(name).orElse(List.of());
        if (depth > 0 || old.isEmpty()) {
            assign(name, old, List.of(more));
            return;
        }
        List<String> unknown = new ArrayList<>(old.getFirst().unknown());
        unknown.addAll(more.unknown());
        assign(name, List.of(), List.of(new ShellWord(old.getFirst().text() + more.text(), unknown)));
    }

    private void redirection() {
        boolean heredoc = text.startsWith("<<") && !text.startsWith("<<<");
        while ("<>&-|".indexOf(text.peek()) >= 0 && !text.atEnd()) {
            text.next();
        }
        while (text.peek() == ' ' || text.peek() == '\t') {
            text.next();
        }
        List<ShellWord> target = ShellWords.read(text, variables);
        if (heredoc && !target.isEmpty()) {
            heredocs.add(target.getFirst().text());
        }
    }

    private void skipHeredocs() {
        for (String delimiter : heredocs) {
            while (!text.atEnd() && !text.restOfLine().strip().equals(delimiter)) {
                text.skip(1);
            }
        }
        heredocs.clear();
    }
}
