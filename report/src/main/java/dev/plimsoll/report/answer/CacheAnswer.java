package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.cost.CacheCapacity;
import dev.plimsoll.planner.cost.CachedLayers;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.Retention;
import dev.plimsoll.planner.cost.StateLayers;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What `plimsoll kv` answers: the cache of so many sequences of so many tokens, and what a budget holds.
///
/// @param tokens of each sequence
/// @param maxPositions the longest context the model was made for
public record CacheAnswer(
        Subject subject,
        KeyValueCacheSize cache,
        long tokens,
        long sequences,
        Optional<Budget> budget,
        OptionalLong maxPositions) {
    /// What was asked to fit, and what does.
    ///
    /// @param tokens the longest `sequences` sequences
    /// @param sequences the most sequences of `tokens` tokens
    public record Budget(Bytes bytes, CacheCapacity tokens, CacheCapacity sequences) {}

    public Answer answer(View view) {
        List<Explanation> explanations = view.explains() ? cache.explanations(tokens, sequences) : List.of();
        Data.Fields data =
                subject.data().with("keyValueCache", cacheData()).with("explanations", Explained.data(explanations));
        return new Answer(data, page(view, explanations));
    }

    private Data cacheData() {
        List<Data> layers = new ArrayList<>();
        for (CachedLayers group : cache.cachedLayers()) {
            layers.add(Data.Fields.empty()
                    .with("block", group.block())
                    .with("kept", group.what())
                    .with("count", group.layers())
                    .with("bytesPerTokenOfOne", group.bytesPerToken())
                    .with("bytesPerSequenceOfOne", new Data.Nothing())
                    .with("retention", retention(group.retention())));
        }
        for (StateLayers group : cache.stateLayers()) {
            layers.add(Data.Fields.empty()
                    .with("block", group.block())
                    .with("kept", "state")
                    .with("count", group.layers())
                    .with("bytesPerTokenOfOne", new Data.Nothing())
                    .with("bytesPerSequenceOfOne", group.bytesPerSequence())
                    .with("retention", new Data.Nothing()));
        }
        return Data.Fields.empty()
                .with("bytesPerToken", cache.bytesPerToken().count())
                .with(
                        "bytesPerTokenPastWindows",
                        cache.marginalBytesPerTokenPastWindows().count())
                .with("bytes", cache.bytes(tokens, sequences).count())
                .with("engineBytes", cache.engineBytes(tokens, sequences).count())
                .with("stateBytesPerSequence", cache.stateBytesPerSequence().count())
                .with("totalBytes", cache.totalBytes(tokens, sequences).count())
                .with("tokens", budget.map(fits -> capacity(fits.tokens())).orElse(new Data.Whole(tokens)))
                .with(
                        "sequences",
                        budget.map(fits -> capacity(fits.sequences())).orElse(new Data.Whole(sequences)))
                .with("askedTokens", tokens)
                .with("askedSequences", sequences)
                .with(
                        "budgetBytes",
                        budget.<Data>map(fits -> new Data.Whole(fits.bytes().count()))
                                .orElse(new Data.Nothing()))
                .with("dataType", cache.format().dataType().name())
                .with("stateDataType", cache.format().stateType().name())
                .with("blockSize", cache.format().pageTokens())
                .with("layers", layers)
                .with("provenance", subject.provenance().word());
    }

    private static Data capacity(CacheCapacity capacity) {
        return switch (capacity) {
            case CacheCapacity.AtMost(long count) -> new Data.Whole(count);
            case CacheCapacity.Unlimited() -> new Data.Nothing();
        };
    }

    private Page page(View view, List<Explanation> explanations) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(subject.section());
        sections.add(new Page.Section.Facts("", facts(view.units())));
        if (cache.cachedLayers().isEmpty() && cache.stateLayers().isEmpty()) {
            sections.add(new Page.Section.Prose("", List.of("No layer keeps anything of the tokens it has seen.")));
        } else {
            sections.add(layerGrid(view.units()));
        }
        fixedSource().ifPresent(tokens -> sections.add(Lengths.ofEncoder(tokens)));
        if (view.explains()) {
            sections.add(Explained.section(explanations, textbooks()));
        }
        return new Page(sections);
    }

    private OptionalLong fixedSource() {
        for (CachedLayers group : cache.cachedLayers()) {
            if (group.retention() instanceof Retention.FixedSource(long source)) {
                return OptionalLong.of(source);
            }
        }
        return OptionalLong.empty();
    }

    private List<Page.Fact> facts(ByteUnits units) {
        List<Page.Fact> facts = new ArrayList<>();
        String type = cache.format().dataType().name();
        long ideal = cache.bytes(tokens, sequences).count();
        long engine = cache.engineBytes(tokens, sequences).count();
        facts.add(new Page.Fact(
                "KV cache",
                units.print(ideal),
                Numbers.grouped(sequences) + " x " + Numbers.grouped(tokens) + " tokens, " + type + ": "
                        + Numbers.grouped(ideal) + " B, " + subject.provenance().word()));
        facts.add(new Page.Fact("  a token", units.print(cache.bytesPerToken().count()), ""));
        if (!cache.marginalBytesPerTokenPastWindows().equals(cache.bytesPerToken())) {
            facts.add(new Page.Fact(
                    "  past windows",
                    units.print(cache.marginalBytesPerTokenPastWindows().count()),
                    "a token, once every window is full"));
        }
        if (engine != ideal) {
            facts.add(new Page.Fact(
                    "  engine",
                    units.print(engine),
                    "where every layer is charged for every token (no hybrid cache manager)"));
        }
        if (cache.stateBytesPerSequence().count() > 0) {
            facts.add(new Page.Fact(
                    "state",
                    units.print(cache.stateBytesPerSequence().count()),
                    "a sequence, " + cache.format().stateType().name()));
            facts.add(new Page.Fact(
                    "total", units.print(cache.totalBytes(tokens, sequences).count()), "cache and states"));
        }
        budget.ifPresent(fits -> facts.addAll(budgetFacts(fits, units)));
        return facts;
    }

    private List<Page.Fact> budgetFacts(Budget fits, ByteUnits units) {
        String held = units.print(fits.bytes().count());
        String positions = maxPositions.isPresent()
                ? "; the model was made for " + Numbers.grouped(maxPositions.getAsLong())
                        + " positions, which is no limit here"
                : "";
        return List.of(
                new Page.Fact("budget", held, ""),
                new Page.Fact(
                        "  tokens",
                        printed(fits.tokens()),
                        (sequences == 1 ? "in one sequence" : "in each of " + Numbers.grouped(sequences) + " sequences")
                                + " at most, in pages of "
                                + Numbers.grouped(cache.format().pageTokens()) + positions),
                new Page.Fact(
                        "  sequences", printed(fits.sequences()), "of " + Numbers.grouped(tokens) + " tokens each"));
    }

    private static String printed(CacheCapacity capacity) {
        return switch (capacity) {
            case CacheCapacity.AtMost(long count) -> Numbers.grouped(count);
            case CacheCapacity.Unlimited() -> "any number";
        };
    }

    private Page.Section layerGrid(ByteUnits units) {
        List<List<String>> rows = new ArrayList<>();
        for (CachedLayers group : cache.cachedLayers()) {
            rows.add(List.of(
                    group.block(),
                    Numbers.grouped(group.layers()),
                    group.what(),
                    units.print(group.bytesPerToken()),
                    retention(group.retention())));
        }
        for (StateLayers group : cache.stateLayers()) {
            rows.add(List.of(
                    group.block(),
                    Numbers.grouped(group.layers()),
                    "state",
                    units.print(group.bytesPerSequence()),
                    "a sequence"));
        }
        return new Page.Section.Grid(
                "",
                List.of(
                        Page.Column.left("layers"),
                        Page.Column.right("count"),
                        Page.Column.left("kept"),
                        Page.Column.right("by one"),
                        Page.Column.left("for")),
                rows);
    }

    private static String retention(Retention retention) {
        return switch (retention) {
            case Retention.Everything() -> "every token";
            case Retention.AtMost(long size) -> "the last " + Numbers.grouped(size) + " tokens";
            case Retention.Source(long source) -> Numbers.grouped(source) + " tokens of the other stack";
            case Retention.FixedSource(long source) -> "its " + Numbers.grouped(source) + " tokens";
            case Retention.SourceAsLongAsSequence() -> "the encoder's tokens, as many as the decoder's";
        };
    }

    private List<Comparison> textbooks() {
        return cache.textbook(tokens, sequences).stream().toList();
    }
}
