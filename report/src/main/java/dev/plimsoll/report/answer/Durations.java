package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;

/// Times for people: `812 us`, `35.20 ms`, `1.10 s`, `3.50 h`, `84.1 days`.
final class Durations {
    private static final double MINUTE = 60;
    private static final double HOUR = 3600;
    private static final double DAY = 86_400;

    private Durations() {}

    static String print(double seconds) {
        if (seconds == 0) {
            return "0 s";
        }
        if (seconds < 1e-3) {
            return Numbers.decimals(seconds * 1e6, 1) + " us";
        }
        if (seconds < 1) {
            return Numbers.decimals(seconds * 1e3, 2) + " ms";
        }
        if (seconds < 10 * MINUTE) {
            return Numbers.decimals(seconds, 2) + " s";
        }
        if (seconds < 2 * HOUR) {
            return Numbers.decimals(seconds / MINUTE, 1) + " min";
        }
        return seconds < 2 * DAY
                ? Numbers.decimals(seconds / HOUR, 1) + " h"
                : Numbers.decimals(seconds / DAY, 1) + " days";
    }
}
