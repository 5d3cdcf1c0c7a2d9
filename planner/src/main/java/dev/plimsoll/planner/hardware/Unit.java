package dev.plimsoll.planner.hardware;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import java.math.BigDecimal;

/// The base unit of a figure of hardware.
public enum Unit {
    BYTES("Bytes"),
    BYTES_PER_SECOND("BytesPerSecond"),
    /// Floating-point operations, or integer ones where the device multiplies integers.
    OPERATIONS_PER_SECOND("OperationsPerSecond"),
    SECONDS("Seconds"),
    WATTS("Watts");

    private static final double MICROSECONDS_IN_A_SECOND = 1e6;

    private final String keySuffix;

    Unit(String keySuffix) {
        this.keySuffix = keySuffix;
    }

    /// What a key of a JSON answer ends with.
    public String keySuffix() {
        return keySuffix;
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
        return new BigDecimal(Numbers.decimals(value, 2)).stripTrailingZeros().toPlainString();
    }
}
