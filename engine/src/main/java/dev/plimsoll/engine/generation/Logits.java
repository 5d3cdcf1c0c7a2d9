package dev.plimsoll.engine.generation;

import java.util.Arrays;
import java.util.List;

/// Scores of the tokens that may follow.
///
/// @param values `[rows, V]`
/// @param starts the first row of each sequence that was fed; one more at the end
@SuppressWarnings("ArrayRecordComponent") // a view of what was computed
public record Logits(float[] values, int vocabulary, List<Integer> starts) {
    /// After which tokens scores are asked for.
    public enum After {
        /// Each sequence's newest, which is all that a next token needs.
        NEWEST,
        EVERY
    }

    /// After the `token`-th of a sequence's tokens that there are rows for, both counted from 0.
    public float[] row(int sequence, int token) {
        int row = starts.get(sequence) + token;
        return Arrays.copyOfRange(values, row * vocabulary, (row + 1) * vocabulary);
    }

    /// After a sequence's newest token.
    public float[] newest(int sequence) {
        return row(sequence, starts.get(sequence + 1) - starts.get(sequence) - 1);
    }
}
