package dev.plimsoll.verification;

import java.util.List;

/// One question predicted, executed and compared.
///
/// @param model which model
/// @param what how it was run
public record Verified(String model, String what, List<Compared> rows) {
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
