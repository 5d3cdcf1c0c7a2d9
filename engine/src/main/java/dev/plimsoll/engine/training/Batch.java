package dev.plimsoll.engine.training;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.rewrite.Loss;
import dev.plimsoll.model.units.Text;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Sequences of equal length that pass the model at once.
///
/// @param sequences `b`
/// @param tokens `s`
/// @param inputs by the name of the input, each `[b, s]`, row after row
/// @param givenExperts the choice of routers that are told it, each `[b, s, e]`, by `label/operator`
public record Batch(int sequences, int tokens, Map<String, int[]> inputs, Map<String, int[]> givenExperts) {
    private static final String TOKENS = "tokens";
    private static final String POSITIONS = "positions";
    private static final String TYPES = "types";

    /// @throws InputException where an input is not as long as the sequences
    public Batch {
        if (sequences < 1 || tokens < 1) {
            throw InputException.usage(
                    "batch: found " + sequences + " sequences of " + tokens + " tokens, expected at least one of each",
                    "Give at least one sequence of at least one token.");
        }
        inputs = Map.copyOf(inputs);
        givenExperts = Map.copyOf(givenExperts);
        inputs.forEach((name, numbers) -> {
            if (numbers.length != (long) sequences * tokens) {
                throw InputException.usage(
                        "batch: found %d %s, expected %d, for %d sequences of %d tokens"
                                .formatted(
                                        numbers.length,
                                        Text.printable(name),
                                        (long) sequences * tokens,
                                        sequences,
                                        tokens),
                        "Give one number for each token.");
            }
        });
    }

    /// Token numbers and those to be predicted; positions from 0 on, and all of the first type, where a model asks for
    /// them.
    ///
    /// @throws InputException where the sequences are not of one length, or targets of another than tokens
    public static Batch of(int[][] tokens, int[][] targets) {
        int length = tokens.length == 0 ? 0 : tokens[0].length;
        int[] positions = new int[tokens.length * length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i % length;
        }
        Map<String, int[]> inputs = new HashMap<>();
        inputs.put(TOKENS, rows(TOKENS, tokens, tokens.length, length));
        inputs.put(Loss.TARGETS, rows(Loss.TARGETS, targets, tokens.length, length));
        inputs.put(POSITIONS, positions);
        inputs.put(TYPES, new int[positions.length]);
        return new Batch(tokens.length, length, inputs, Map.of());
    }

    public Batch withInput(String name, int[] numbers) {
        Map<String, int[]> other = new HashMap<>(inputs);
        other.put(name, numbers);
        return new Batch(sequences, tokens, other, givenExperts);
    }

    /// The same with a router told its choice.
    ///
    /// @param router `label/operator`, for example `text.2/router`
    /// @param experts `[b, s, e]`
    public Batch withGivenExperts(String router, int[] experts) {
        Map<String, int[]> other = new HashMap<>(givenExperts);
        other.put(router, experts);
        return new Batch(sequences, tokens, inputs, other);
    }

    /// Some of the sequences, without given experts.
    ///
    /// @param from the first
    /// @param to the one after the last
    public Batch sequences(int from, int to) {
        Map<String, int[]> own = new HashMap<>();
        inputs.forEach((name, numbers) -> own.put(name, Arrays.copyOfRange(numbers, from * tokens, to * tokens)));
        return new Batch(to - from, tokens, own, Map.of());
    }

    private static int[] rows(String name, int[][] rows, int sequences, int length) {
        if (rows.length != sequences) {
            throw InputException.usage(
                    "batch: found %d rows of %s for %d sequences".formatted(rows.length, name, sequences),
                    "Give one row for each sequence.");
        }
        int[] numbers = new int[sequences * length];
        for (int row = 0; row < sequences; row++) {
            if (rows[row].length != length) {
                throw InputException.usage(
                        "batch: found %d %s in sequence %d, expected %d as in the first"
                                .formatted(rows[row].length, name, row, length),
                        "Give sequences of one length.");
            }
            System.arraycopy(rows[row], 0, numbers, row * length, length);
        }
        return numbers;
    }
}
