package dev.plimsoll.engine.generation;

import java.util.Arrays;

/// The tokens that are worked on, those of one sequence behind those of another: `[1, n]`.
///
/// @param numbers of the tokens
/// @param positions at which they stand
@SuppressWarnings("ArrayRecordComponent") // lives for a step
record Row(int[] numbers, int[] positions) {
    static Row of(Batch batch, PositionPolicy policy) {
        int[] positions = new int[batch.tokens()];
        for (int sequence = 0; sequence < batch.feeds().size(); sequence++) {
            int[] texts = batch.texts(sequence);
            for (int i = 0; i < texts.length; i++) {
                positions[batch.start(sequence) + i] = policy.position(texts[i]);
            }
        }
        return new Row(batch.numbers(), positions);
    }

    int tokens() {
        return numbers.length;
    }

    /// The tokens at some places of this row.
    Row at(int[] places) {
        return new Row(
                Arrays.stream(places).map(place -> numbers[place]).toArray(),
                Arrays.stream(places).map(place -> positions[place]).toArray());
    }
}
