package dev.plimsoll.model.units;

import java.util.List;

/// The two families of byte units, never mixed under one label: KiB is 1,024 bytes, kB is 1,000.
public enum ByteUnits {
    BINARY(1024, "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"),
    DECIMAL(1000, "kB", "MB", "GB", "TB", "PB", "EB"),
    BYTES(Integer.MAX_VALUE);

    private final int step;
    private final List<String> names;

    ByteUnits(int step, String... names) {
        this.step = step;
        this.names = List.of(names);
    }

    /// The count in the largest unit of this family that leaves at least 1 when printed with two decimals; bytes as
    /// they are.
    public String print(long count) {
        if (this == BYTES || count < step) {
            return Numbers.grouped(count) + " B";
        }
        double value = count;
        int unit = -1;
        while (Numbers.reachesWhenPrinted(value, step) && unit < names.size() - 1) {
            value /= step;
            unit++;
        }
        return Numbers.decimals(value, 2) + " " + names.get(unit);
    }
}
