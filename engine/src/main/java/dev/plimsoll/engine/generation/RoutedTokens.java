package dev.plimsoll.engine.generation;

import java.util.List;

/// How many of a feed's tokens one router sent to each expert.
///
/// @param layer the number of its layer in the names of tensors
/// @param router its name
/// @param tokens for each expert
public record RoutedTokens(long layer, String router, List<Integer> tokens) {
    public RoutedTokens {
        tokens = List.copyOf(tokens);
    }

    /// Experts that were sent a token.
    public int distinct() {
        return (int) tokens.stream().filter(count -> count > 0).count();
    }
}
