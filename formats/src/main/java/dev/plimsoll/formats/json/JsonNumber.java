package dev.plimsoll.formats.json;

import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.Set;

/// A number as it was written, so that no digit is lost; or one of the bare words `NaN`, `Infinity`, `-Infinity`,
/// which JSON does not have but configs hold.
///
/// @param text for example `4096`, `1e-05`, `Infinity`
public record JsonNumber(String text) implements JsonValue {
    private static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");

    /// Checks the text.
    ///
    /// @throws NumberFormatException when the text is no number, or has an exponent past 2^31
    public JsonNumber {
        if (!NOT_FINITE.contains(text)) {
            new BigDecimal(text);
        }
    }

    public boolean isFinite() {
        return !NOT_FINITE.contains(text);
    }

    /// The value when it is whole and within 64 bits, also where it is written `4096.0` or `1e4`.
    public OptionalLong whole() {
        if (!isFinite()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(new BigDecimal(text).longValueExact());
        } catch (ArithmeticException fractionOrTooLarge) {
            return OptionalLong.empty();
        }
    }

    /// The nearest double; infinite past its range.
    public double real() {
        return Double.parseDouble(text);
    }
}
