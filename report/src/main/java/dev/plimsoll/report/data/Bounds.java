package dev.plimsoll.report.data;

import dev.plimsoll.model.units.Quantities;

/// The number a gate compares with: plain (`0.5`, `1e15`), a count (`8B`) or a size (`80GB`).
final class Bounds {
    private Bounds() {}

    static double parse(String text) {
        try {
            double plain = Double.parseDouble(text);
            if (Double.isFinite(plain) && !text.matches(".*[dDfF]")) {
                return plain;
            }
        } catch (NumberFormatException withSuffix) {
            // Read with its suffix below.
        }
        boolean isSize = text.endsWith("B") && text.length() > 1 && Character.isLetter(text.charAt(text.length() - 2));
        return isSize ? Quantities.bytes("--fail-on", text).count() : Quantities.count("--fail-on", text);
    }
}
