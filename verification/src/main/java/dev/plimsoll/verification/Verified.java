package dev.plimsoll.verification;

import java.util.List;
import java.util.OptionalDouble;

/// One question predicted, executed and compared.
///
/// @param model which model
/// @param what how it was run
/// @param traffic bytes of tensors that were read and written over those that must be ([CompulsoryTraffic]); empty where
///     that is not predicted
public record Verified(String model, String what, List<Compared> rows, OptionalDouble traffic) {
    public Verified {
        rows = List.copyOf(rows);
    }

    public long exact() {
        return rows.stream().filter(Compared::isExact).count();
    }

    public List<Compared> differences() {
        return rows.stream().filter(row -> !row.isExact()).toList();
    }
}
