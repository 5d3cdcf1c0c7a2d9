package dev.plimsoll.planner.training;

/// A step of the program: which operator, where, and in which pass.
///
/// @param label of the block
/// @param operator its name
public record Moment(String label, Pass pass, String operator) {
    /// What is done with an operator.
    public enum Pass {
        FORWARD("forward"),
        /// Once more, for what was not kept.
        RERUN("rerun"),
        GRADIENT("gradient");

        private final String word;

        Pass(String word) {
            this.word = word;
        }
    }

    @Override
    public String toString() {
        return label + " " + pass.word + " " + operator;
    }
}
