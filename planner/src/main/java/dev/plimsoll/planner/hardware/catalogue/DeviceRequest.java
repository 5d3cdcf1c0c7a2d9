package dev.plimsoll.planner.hardware.catalogue;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.hardware.Accelerator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// How many of which device are asked for: `h100`, `h100x8`, `a100-80g:64`.
///
/// @param count at least 1; empty where none was written
public record DeviceRequest(Accelerator accelerator, OptionalLong count) {
    private static final int MOST_KINDS = 64;
    private static final int MOST_DIGITS = 7;
    private static final String HOW = "NAME, NAMExN or NAME:N with N from 1 to 9,999,999";

    /// Several kinds between commas, each to be answered on its own.
    ///
    /// @param option what asks, for example `--gpu`
    /// @throws InputException for a name that is not known, with the nearest, and for a count that is none
    public static List<DeviceRequest> parseAll(String option, String text, Devices devices) {
        String[] parts = text.split(",", -1);
        if (parts.length > MOST_KINDS) {
            throw InputException.usage(
                    option + ": found " + parts.length + " kinds, expected at most " + MOST_KINDS,
                    "Ask for fewer at a time.");
        }
        List<DeviceRequest> requests = new ArrayList<>();
        for (String part : parts) {
            requests.add(parse(option, part.strip(), devices));
        }
        return requests;
    }

    /// One kind. Of the known names that the text begins with, the longest wins that leaves a count or nothing, so
    /// that `mi300x` is that device and not a device `mi300` without a number.
    public static DeviceRequest parse(String option, String text, Devices devices) {
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> begins = devices.names().stream()
                .filter(lower::startsWith)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        for (String name : begins) {
            String rest = lower.substring(name.length());
            Optional<OptionalLong> count = count(rest);
            if (count.isPresent()) {
                return new DeviceRequest(devices.require(option, name), count.get());
            }
        }
        if (text.isEmpty() || begins.stream().anyMatch(name -> separates(lower.charAt(name.length())))) {
            throw InputException.usage(
                    option + ": found '" + Text.printable(text) + "', expected " + HOW,
                    "Write for example h100x8 or h100:8.");
        }
        throw devices.unknown(option, text);
    }

    /// The count behind a name: an empty one for nothing; none where the rest is no count.
    private static Optional<OptionalLong> count(String rest) {
        if (rest.isEmpty()) {
            return Optional.of(OptionalLong.empty());
        }
        String digits = rest.substring(1);
        boolean number = separates(rest.charAt(0))
                && !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        long count = number ? Long.parseLong(digits) : 0;
        return count < 1 ? Optional.empty() : Optional.of(OptionalLong.of(count));
    }

    private static boolean separates(char character) {
        return character == 'x' || character == ':';
    }
}
