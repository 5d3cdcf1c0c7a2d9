package dev.plimsoll.engine.generation;

import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// New tokens of several sequences, worked on as one row of tokens.
///
/// @param feeds at least one of at least one token each
/// @param starts where each sequence's tokens begin in the row; one more at the end
record Batch(List<Feed> feeds, List<Integer> starts) {
    /// @throws InputException when there is none, or one without tokens, or a sequence twice
    static Batch of(List<Feed> feeds) {
        if (feeds.isEmpty()) {
            throw InputException.usage("the batch: found no sequence, expected at least one", "Feed a sequence.");
        }
        Set<Sequence> sequences = new HashSet<>();
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (int i = 0; i < feeds.size(); i++) {
            Feed feed = feeds.get(i);
            if (feed.tokens().isEmpty()) {
                throw InputException.usage(
                        "sequence %d of %d: found no token, expected at least one".formatted(i + 1, feeds.size()),
                        "Leave it out of the batch, or give it a token.");
            }
            if (!sequences.add(feed.sequence())) {
                throw InputException.usage(
                        "sequence %d of %d: found it twice in one batch, expected once".formatted(i + 1, feeds.size()),
                        "Feed its tokens together.");
            }
            starts.add(Math.addExact(starts.getLast(), feed.tokens().size()));
        }
        return new Batch(List.copyOf(feeds), starts);
    }

    int tokens() {
        return starts.getLast();
    }

    int start(int sequence) {
        return starts.get(sequence);
    }

    int count(int sequence) {
        return starts.get(sequence + 1) - starts.get(sequence);
    }

    int[] numbers() {
        return feeds.stream()
                .flatMap(feed -> feed.tokens().stream())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// The text indices of one sequence's new tokens.
    int[] texts(int sequence) {
        int[] texts = new int[count(sequence)];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = feeds.get(sequence).sequence().tokens() + i;
        }
        return texts;
    }

    /// Whether no sequence has a token before these.
    boolean isFirst() {
        return feeds.stream().allMatch(feed -> feed.sequence().tokens() == 0);
    }
}
