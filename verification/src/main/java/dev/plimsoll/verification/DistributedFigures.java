package dev.plimsoll.verification;

import java.util.Locale;

/// Names of figures that both sides give.
final class DistributedFigures {
    static final String VALUES_OFF = "further than 1e-5 from one device's: ";

    private DistributedFigures() {}

    static String sent(String exchange, String group) {
        return "sent " + words(exchange) + " " + words(group);
    }

    private static String words(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
