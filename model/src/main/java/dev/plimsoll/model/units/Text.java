package dev.plimsoll.model.units;

/// Text from files, made safe to print.
public final class Text {
    private static final int LONGEST = 120;

    private Text() {}

    /// The text with control characters escaped and a long tail cut, so that a name from a file cannot drive a
    /// terminal.
    public static String printable(String text) {
        return printable(text, LONGEST);
    }

    /// The same for a text that may be as long as that.
    public static String printable(String text, int longest) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            if (out.length() >= longest) {
                return out.append('…').toString();
            }
            if (unsafe(character)) {
                out.append(String.format("\\u%04x", character));
            } else {
                out.appendCodePoint(character);
            }
        }
        return out.toString();
    }

    private static boolean unsafe(int character) {
        int type = Character.getType(character);
        return Character.isISOControl(character)
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
