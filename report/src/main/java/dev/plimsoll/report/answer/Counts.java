package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;

/// Parameters and tokens as people count them: `350 M`, `70.55 B`, `1.50 T`.
final class Counts {
    private Counts() {}

    static String print(double count) {
        return Numbers.decimalPrefix(count).strip().replace('G', 'B');
    }
}
