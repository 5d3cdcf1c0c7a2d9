package dev.plimsoll.engine.training;

import dev.plimsoll.engine.meter.Counts;

/// What one operator did on one pass.
///
/// @param label of its block
/// @param operator its name
public record OperatorWork(String label, String operator, Pass pass, Counts counts) {
    /// When it did it, as peaks name moments.
    public String moment() {
        return moment(label, pass, operator);
    }

    static String moment(String label, Pass pass, String operator) {
        return label + " " + pass.word() + " " + operator;
    }
}
