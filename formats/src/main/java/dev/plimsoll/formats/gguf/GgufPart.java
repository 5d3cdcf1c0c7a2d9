package dev.plimsoll.formats.gguf;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a part of a split GGUF file: `NAME-00001-of-00005.gguf`.
///
/// @param prefix what stands before the number
/// @param number from 1
/// @param count how many parts there are
public record GgufPart(String prefix, int number, int count) {
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    /// The part that a file name says; empty for the name of a whole file.
    public static Optional<GgufPart> of(String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        GgufPart part =
                new GgufPart(matcher.group(1), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
        return part.number >= 1 && part.number <= part.count ? Optional.of(part) : Optional.empty();
    }

    /// Another part of the same file.
    public GgufPart sibling(int other) {
        return new GgufPart(prefix, other, count);
    }

    /// The file name.
    public String fileName() {
        return prefix + "-" + padded(number) + "-of-" + padded(count) + ".gguf";
    }

    private static String padded(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(5 - digits.length()) + digits;
    }
}
