package dev.plimsoll.planner.hardware;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The base unit of a figure of hardware, and the units it is written in.
public enum Unit {
    BYTES("bytes", "a size such as 80 GiB", 1 << 20, 0x1p60) {
        @Override
        Map<String, Double> factors() {
            return Map.of("MiB", 0x1p20, "GiB", 0x1p30, "TiB", 0x1p40, "MB", 1e6, "GB", 1e9, "TB", 1e12);
        }
    },
    BYTES_PER_SECOND("bytesPerSecond", "a rate such as 3.35 TB/s or 400 Gbit/s", 1e6, 1e18) {
        @Override
        Map<String, Double> factors() {
            return Map.of("MB/s", 1e6, "GB/s", 1e9, "TB/s", 1e12, "GiB/s", 0x1p30, "TiB/s", 0x1p40, "Gbit/s", 1e9 / 8);
        }
    },
    /// Floating-point operations, or integer ones where the device multiplies integers.
    OPERATIONS_PER_SECOND("operationsPerSecond", "a rate such as 989.4 TFLOP/s", 1e6, 1e21) {
        @Override
        Map<String, Double> factors() {
            return Map.of("GFLOP/s", 1e9, "TFLOP/s", 1e12, "PFLOP/s", 1e15, "TOP/s", 1e12);
        }
    },
    SECONDS("seconds", "a time such as 3 us", 1e-9, 1) {
        @Override
        Map<String, Double> factors() {
            return Map.of("ns", 1e-9, "us", 1e-6, "ms", 1e-3);
        }
    },
    WATTS("watts", "a power such as 700 W", 0.1, 1e7) {
        @Override
        Map<String, Double> factors() {
            return Map.of("W", 1.0, "kW", 1e3);
        }
    };

    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?([A-Za-z/]+)");
    private static final double MICROSECONDS_IN_A_SECOND = 1e6;

    private final String key;
    private final String expected;
    private final double least;
    private final double most;

    Unit(String key, String expected, double least, double most) {
        this.key = key;
        this.expected = expected;
        this.least = least;
        this.most = most;
    }

    abstract Map<String, Double> factors();

    /// The key of a figure in JSON answers.
    public String key() {
        return key;
    }

    /// What a file has to say, for an error: `a size such as 80 GiB, from 1.00 MiB to 1.00 EiB`.
    public String expected() {
        return expected + ", from " + print(least, ByteUnits.BINARY) + " to " + print(most, ByteUnits.BINARY);
    }

    /// The value in the base unit, whole for bytes; empty where the text is no such figure or an absurd one.
    public OptionalDouble parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        Double factor = matcher.matches() ? factors().get(matcher.group(2)) : null;
        if (factor == null) {
            return OptionalDouble.empty();
        }
        double exact = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(factor))
                .doubleValue();
        double value = this == BYTES ? Math.floor(exact) : exact;
        return value >= least && value <= most ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    /// For people: `79.10 GiB`, `3.35 TB/s`, `989.40 TFLOP/s`, `5 us`, `700 W`.
    public String print(double value, ByteUnits byteUnits) {
        return switch (this) {
            case BYTES -> byteUnits.print((long) value);
            case BYTES_PER_SECOND -> Numbers.decimalPrefix(value) + "B/s";
            case OPERATIONS_PER_SECOND -> Numbers.decimalPrefix(value) + "FLOP/s";
            case SECONDS -> plain(value * MICROSECONDS_IN_A_SECOND) + " us";
            case WATTS -> plain(value) + " W";
        };
    }

    private static String plain(double value) {
        return new BigDecimal(Numbers.decimals(value, 3)).stripTrailingZeros().toPlainString();
    }
}
