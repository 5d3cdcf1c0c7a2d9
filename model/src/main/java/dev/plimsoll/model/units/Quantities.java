package dev.plimsoll.model.units;

import dev.plimsoll.model.failure.InputException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How people write numbers: `32k`, `128Ki`, `1.5T`, `70B` for counts; `12GiB`, `80GB` for sizes.
public final class Quantities {
    /// Commas stand between groups of three digits, so that `1,5` (one and a half, elsewhere) is not read as 15.
    private static final Pattern NUMBER = Pattern.compile(
            "((?:[0-9]{1,3}(?:,[0-9]{3})++|[0-9][0-9_]*)(?:\\.[0-9]+)?(?:[eE][0-9]{1,2})?)\\s*([A-Za-z]*)");
    private static final Map<String, Long> COUNT_SUFFIXES = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("k", 1_000L),
            Map.entry("K", 1_000L),
            Map.entry("M", 1_000_000L),
            Map.entry("G", 1_000_000_000L),
            Map.entry("B", 1_000_000_000L),
            Map.entry("T", 1_000_000_000_000L),
            Map.entry("Ki", 1L << 10),
            Map.entry("Mi", 1L << 20),
            Map.entry("Gi", 1L << 30),
            Map.entry("Ti", 1L << 40));
    private static final Map<String, Long> BYTE_SUFFIXES = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("kB", 1_000L),
            Map.entry("KB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("TB", 1_000_000_000_000L),
            Map.entry("KiB", 1L << 10),
            Map.entry("MiB", 1L << 20),
            Map.entry("GiB", 1L << 30),
            Map.entry("TiB", 1L << 40));

    private Quantities() {}

    /// A whole number of at least 1, for example `4096`, `32k` (32,000), `128Ki` (131,072), `1.5T`.
    ///
    /// @param subject what the number is for, as the user wrote it, for example `--tokens`
    public static long count(String subject, String text) {
        return whole(subject, text, COUNT_SUFFIXES, "a number such as 4096, 32k, 128Ki or 1.5T");
    }

    /// A size of at least one byte, for example `80GB` (80·10^9) or `12GiB` (12·2^30).
    public static Bytes bytes(String subject, String text) {
        return new Bytes(whole(subject, text, BYTE_SUFFIXES, "a size such as 80GB or 12GiB"));
    }

    private static long whole(String subject, String text, Map<String, Long> suffixes, String expected) {
        Matcher matcher = NUMBER.matcher(text.strip());
        Long factor = matcher.matches() ? suffixes.get(matcher.group(2)) : null;
        if (factor == null) {
            throw InputException.usage(
                    subject + ": found '" + Text.printable(text) + "', expected " + expected,
                    "Write " + expected + ".");
        }
        BigDecimal value = new BigDecimal(matcher.group(1).replaceAll("[_,]", "")).multiply(BigDecimal.valueOf(factor));
        try {
            long whole = value.longValueExact();
            if (whole >= 1) {
                return whole;
            }
        } catch (ArithmeticException tooLargeOrFractional) {
            // Falls through to the one message below.
        }
        throw InputException.usage(
                subject + ": found '" + Text.printable(text) + "', expected a whole number from 1 to " + Long.MAX_VALUE,
                "Write " + expected + ".");
    }
}
