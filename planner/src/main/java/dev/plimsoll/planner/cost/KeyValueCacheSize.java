package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.RecordingTally;
import dev.plimsoll.planner.result.Tally;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a model keeps of the tokens it has seen: keys and values, and the states of recurrent layers.
///
/// `2 · L · k · d · bytes · tokens · sequences` where all layers keep every token's keys and values. Windows hold at
/// most their size, layers that use another layer's keys none, latent attention its latent. Counts every slot
/// allocated, so whole pages; not the page table, and not the layers that predict further tokens.
public final class KeyValueCacheSize {
    private static final Basis CACHE = new Basis(
            "B", "what each attention keeps for later tokens, times layers, tokens and sequences", Provenance.EXACT);
    private static final Basis STATE =
            new Basis("B", "what each recurrence and causal convolution carries, times layers", Provenance.EXACT);
    private static final long MOST_TOKENS = 1L << 60;

    private final CacheFormat format;
    private final List<CachedLayers> cached;
    private final List<StateLayers> states;
    private final Transformer model;

    private KeyValueCacheSize(CacheFormat format, CacheWalk walk, Transformer model) {
        this.format = format;
        this.model = model;
        this.cached = List.copyOf(walk.cached());
        this.states = List.copyOf(walk.states());
    }

    /// @param axes the lengths of what cross attention looks at; layers over an axis not given keep nothing
    public static KeyValueCacheSize of(Transformer model, CacheFormat format, OpenAxes axes) {
        return new KeyValueCacheSize(format, CacheWalk.of(model, format, axes), model);
    }

    /// The same with the lengths that the model fixes.
    public static KeyValueCacheSize of(Transformer model, CacheFormat format) {
        return of(model, format, OpenAxes.of(model));
    }

    public CacheFormat format() {
        return format;
    }

    /// The layers that keep something for each token, those that keep the same together.
    public List<CachedLayers> cachedLayers() {
        return cached;
    }

    /// The layers that carry a state.
    public List<StateLayers> stateLayers() {
        return states;
    }

    /// What one more token takes in one sequence while every window still fills: what is called KV per token.
    public Bytes bytesPerToken() {
        QuickTally tally = new QuickTally();
        for (CachedLayers layers : cached) {
            if (layers.grows()) {
                layers.count(1, 1, tally);
            }
        }
        return new Bytes(tally.exact("the cache of one token"));
    }

    /// What one more token takes in one sequence once every window is full.
    public Bytes marginalBytesPerTokenPastWindows() {
        QuickTally tally = new QuickTally();
        for (CachedLayers layers : cached) {
            if (layers.retention() instanceof Retention.Everything) {
                layers.count(1, 1, tally);
            }
        }
        return new Bytes(tally.exact("the cache of one token"));
    }

    /// Keys and values of `sequences` sequences of `tokens` tokens, without states: each layer keeps only what it will
    /// look at again.
    public Bytes bytes(long tokens, long sequences) {
        QuickTally tally = new QuickTally();
        walkCache(tokens, sequences, Charge.WHAT_IS_KEPT, tally);
        return asked(tally);
    }

    /// The same in an engine that gives every caching layer as many pages as one that keeps every token.
    public Bytes engineBytes(long tokens, long sequences) {
        QuickTally tally = new QuickTally();
        walkCache(tokens, sequences, Charge.EVERY_TOKEN, tally);
        return asked(tally);
    }

    /// Recurrent states of one sequence.
    public Bytes stateBytesPerSequence() {
        QuickTally tally = new QuickTally();
        walkStates(1, tally);
        return new Bytes(tally.exact("the recurrent states"));
    }

    /// Keys, values and states together.
    public Bytes totalBytes(long tokens, long sequences) {
        QuickTally tally = new QuickTally();
        walkCache(tokens, sequences, Charge.WHAT_IS_KEPT, tally);
        walkStates(sequences, tally);
        return asked(tally);
    }

    /// Past 2^63 - 1 bytes the question is at fault, not the model.
    private static Bytes asked(QuickTally tally) {
        if (!tally.isAtMost(Long.MAX_VALUE)) {
            throw InputException.usage(
                    "the cache: found about " + tally.value() + " bytes, expected at most " + Long.MAX_VALUE,
                    "Ask for fewer tokens or sequences.");
        }
        return new Bytes(tally.exact("the cache"));
    }

    /// The longest that `sequences` sequences can be within a budget, states included, in whole pages.
    public CacheCapacity tokensWithin(Bytes budget, long sequences) {
        if (fits(MOST_TOKENS, sequences, budget)) {
            return new CacheCapacity.Unlimited();
        }
        long fitting = 0;
        long tooLong = MOST_TOKENS;
        while (tooLong - fitting > 1) {
            long middle = fitting + (tooLong - fitting) / 2;
            if (fits(middle, sequences, budget)) {
                fitting = middle;
            } else {
                tooLong = middle;
            }
        }
        return new CacheCapacity.AtMost(fitting - fitting % format.pageTokens());
    }

    /// How many sequences of `tokens` tokens fit a budget, states included.
    public CacheCapacity sequencesWithin(Bytes budget, long tokens) {
        long one = totalBytes(tokens, 1).count();
        return one == 0 ? new CacheCapacity.Unlimited() : new CacheCapacity.AtMost(budget.count() / one);
    }

    private boolean fits(long tokens, long sequences, Bytes budget) {
        QuickTally tally = new QuickTally();
        walkCache(tokens, sequences, Charge.WHAT_IS_KEPT, tally);
        walkStates(sequences, tally);
        return tally.isAtMost(budget.count());
    }

    /// The cache by kinds of layer, then the states.
    public Breakdown breakdown(long tokens, long sequences) {
        RecordingTally tally = new RecordingTally("KV cache");
        walkCache(tokens, sequences, Charge.WHAT_IS_KEPT, tally);
        List<Breakdown> children = new ArrayList<>(List.of(tally.breakdown()));
        if (!states.isEmpty()) {
            RecordingTally carried = new RecordingTally("recurrent states");
            walkStates(sequences, carried);
            children.add(carried.breakdown());
        }
        return Breakdown.sum("KV cache and states", children);
    }

    /// The formula of the cache, of what an engine allocates where that differs, and of the states.
    public List<Explanation> explanations(long tokens, long sequences) {
        RecordingTally kept = new RecordingTally("KV cache");
        walkCache(tokens, sequences, Charge.WHAT_IS_KEPT, kept);
        List<Explanation> lines = new ArrayList<>(kept.breakdown().explainAll(CACHE));
        if (!engineBytes(tokens, sequences).equals(bytes(tokens, sequences))) {
            RecordingTally engine = new RecordingTally("KV cache with every layer charged for every token");
            walkCache(tokens, sequences, Charge.EVERY_TOKEN, engine);
            lines.addAll(engine.breakdown().explainAll(CACHE));
        }
        if (!states.isEmpty()) {
            RecordingTally carried = new RecordingTally("recurrent states");
            walkStates(sequences, carried);
            lines.addAll(carried.breakdown().explainAll(STATE));
        }
        return lines;
    }

    /// The textbook's form for a classic Transformer of these sizes, beside the walked figure; empty without a decoder.
    public Optional<Comparison> textbook(long tokens, long sequences) {
        return ClassicDecoder.of(model)
                .map(sizes -> new Comparison(
                        ClosedForms.cache(sizes, format, tokens, sequences),
                        BigDecimal.valueOf(bytes(tokens, sequences).count())));
    }

    private enum Charge {
        WHAT_IS_KEPT,
        EVERY_TOKEN
    }

    private void walkCache(long tokens, long sequences, Charge charge, Tally tally) {
        if (tokens < 0 || tokens > MOST_TOKENS || sequences < 0) {
            throw InputException.usage(
                    "tokens: found " + tokens + " in each of " + sequences + " sequences, expected 0 to " + MOST_TOKENS,
                    "Ask for fewer tokens.");
        }
        for (CachedLayers layers : cached) {
            long kept = switch (charge) {
                case WHAT_IS_KEPT -> layers.kept(tokens);
                case EVERY_TOKEN -> layers.grows() ? tokens : layers.kept(tokens);
            };
            long paged = Math.ceilDiv(kept, format.pageTokens()) * format.pageTokens();
            layers.count(paged, sequences, tally.group(layers.block() + ", " + layers.what()));
        }
    }

    private void walkStates(long sequences, Tally tally) {
        for (StateLayers layers : states) {
            layers.count(sequences, tally.group(layers.block()));
        }
    }
}
