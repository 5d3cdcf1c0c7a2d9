package dev.plimsoll.formats.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Names of modules as quantisation configs give them: whole names, their beginnings or ends, `*` for anything, or a
/// regular expression behind `re:`.
///
/// @param patterns as written
public record ModulePatterns(List<String> patterns) {
    private static final int MOST_STEPS = 10_000;

    public ModulePatterns {
        patterns = List.copyOf(patterns);
    }

    /// Whether a pattern covers the module.
    ///
    /// @param module with dots, without `.weight`
    public boolean cover(String module) {
        return patterns.stream().anyMatch(pattern -> covers(pattern, module));
    }

    private static boolean covers(String pattern, String module) {
        if (pattern.startsWith("re:")) {
            return matches(pattern.substring(3), module);
        }
        if (pattern.contains("*")) {
            return startsLike(pattern, module);
        }
        return module.equals(pattern) || module.startsWith(pattern + ".") || module.endsWith("." + pattern);
    }

    /// Whether the pieces between the stars stand in the module one after another, the first at its start.
    private static boolean startsLike(String pattern, String module) {
        String[] pieces = pattern.split("\\*", -1);
        if (!module.startsWith(pieces[0])) {
            return false;
        }
        int at = pieces[0].length();
        for (int i = 1; i < pieces.length; i++) {
            int found = module.indexOf(pieces[i], at);
            if (found < 0) {
                return false;
            }
            at = found + pieces[i].length();
        }
        return at == module.length()
                || pattern.endsWith("*")
                || module.charAt(at) == '.'
                || module.endsWith(pieces[pieces.length - 1]);
    }

    /// A stranger's regular expression may take forever; so it may look at so many characters and no more, and one that
    /// is broken or too slow covers nothing.
    private static boolean matches(String expression, String module) {
        try {
            return Pattern.compile(expression).matcher(new Metered(module)).lookingAt();
        } catch (PatternSyntaxException | MeteredOut | StackOverflowError unusable) {
            return false;
        }
    }

    private static final class MeteredOut extends RuntimeException {
        private MeteredOut() {
            super("too many steps", null, false, false);
        }
    }

    private static final class Metered implements CharSequence {
        private final String text;
        private int steps;

        private Metered(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new MeteredOut();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
