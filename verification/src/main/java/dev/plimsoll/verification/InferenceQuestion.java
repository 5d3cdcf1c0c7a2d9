package dev.plimsoll.verification;

import dev.plimsoll.model.architecture.Transformer;
import java.util.Collections;
import java.util.List;

/// Texts that are read and continued over a cache, which is predicted and executed.
///
/// @param model what it is called in the answer
/// @param prompts tokens of each text, at least one
/// @param steps new tokens of each text that are fed back, one at a time
public record InferenceQuestion(
        String model, Transformer transformer, InferencePlan plan, List<Integer> prompts, int steps) {
    private static final int MOST_STEPS = 2;
    private static final int COMPARED_TOKENS = 3;

    public InferenceQuestion {
        prompts = List.copyOf(prompts);
    }

    /// Two texts of unequal length, the longer of which ends with so many tokens.
    static InferenceQuestion of(String model, Transformer transformer, InferencePlan plan, int tokens) {
        int steps = Math.min(MOST_STEPS, tokens - 1);
        int longer = tokens - steps;
        return new InferenceQuestion(model, transformer, plan, List.of(longer, (longer + 1) / 2), steps);
    }

    /// Tokens of the longest text at its end.
    int capacity() {
        return Collections.max(prompts) + steps;
    }

    /// Tokens that are run with a cache and without one.
    int comparedTokens() {
        return Math.min(COMPARED_TOKENS, capacity());
    }
}
