package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.List;

/// Continues texts together, one token of each at a time.
///
/// @param prompts in which pieces prompts are fed
public record Generator(TextModel model, NextToken choice, SegmentPlan prompts) {
    /// The new tokens of each text.
    ///
    /// @param texts token numbers; of any lengths but zero
    /// @param newTokens for each text, at least 1
    /// @throws InputException for a text without a token, before anything is run
    public List<List<Integer>> generate(List<List<Integer>> texts, int newTokens) {
        require(texts, newTokens);
        List<Sequence> sequences = new ArrayList<>();
        try {
            texts.forEach(text -> sequences.add(model.start()));
            List<Integer> newest = prefill(sequences, texts);
            List<List<Integer>> generated = new ArrayList<>();
            newest.forEach(token -> generated.add(new ArrayList<>(List.of(token))));
            for (int step = 1; step < newTokens; step++) {
                newest = decode(sequences, newest, step);
                for (int i = 0; i < newest.size(); i++) {
                    generated.get(i).add(newest.get(i));
                }
            }
            return generated;
        } finally {
            sequences.forEach(Sequence::release);
        }
    }

    private static void require(List<List<Integer>> texts, int newTokens) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isEmpty()) {
                throw InputException.usage(
                        "text %d of %d: found no token, expected at least one".formatted(i + 1, texts.size()),
                        "Leave it out, or begin it with a token.");
            }
        }
        if (newTokens < 1) {
            throw InputException.usage(
                    "new tokens: found " + newTokens + ", expected at least 1", "Ask for a token or more.");
        }
    }

    /// Feeds the texts, the first pieces of all together, then the second, and chooses the token behind each.
    private List<Integer> prefill(List<Sequence> sequences, List<List<Integer>> texts) {
        List<List<TextRun>> segments =
                texts.stream().map(text -> prompts.segments(text.size())).toList();
        int rounds = segments.stream().mapToInt(List::size).max().orElse(0);
        Integer[] chosen = new Integer[texts.size()];
        for (int round = 0; round < rounds; round++) {
            List<Integer> fed = new ArrayList<>();
            List<Feed> feeds = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                if (round < segments.get(i).size()) {
                    TextRun run = segments.get(i).get(round);
                    feeds.add(new Feed(sequences.get(i), texts.get(i).subList(run.from(), run.to())));
                    fed.add(i);
                }
            }
            Logits logits = model.feed(feeds, After.NEWEST).logits();
            for (int i = 0; i < fed.size(); i++) {
                chosen[fed.get(i)] = choice.choose(logits.newest(i), choice.draw(fed.get(i), 0));
            }
        }
        return List.of(chosen);
    }

    private List<Integer> decode(List<Sequence> sequences, List<Integer> newest, int step) {
        List<Feed> feeds = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            feeds.add(new Feed(sequences.get(i), List.of(newest.get(i))));
        }
        Logits logits = model.feed(feeds, After.NEWEST).logits();
        List<Integer> next = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            next.add(choice.choose(logits.newest(i), choice.draw(i, step)));
        }
        return next;
    }
}
