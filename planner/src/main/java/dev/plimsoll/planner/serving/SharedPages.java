package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.cost.CachedLayers;
import dev.plimsoll.planner.cost.Retention;
import dev.plimsoll.planner.result.Tally;
import java.util.ArrayList;
import java.util.List;

/// Layers of different kinds that take pages of one size from one pool.
///
/// Layers of a kind are put in groups of `groupLayers`, the last group padded. A page holds the tokens of one layer, and
/// all layers of a group take theirs together. Where a state is larger than a page would be, the page grows to hold it.
/// A window holds its tokens, those of one step and one page more. A state takes one page.
///
/// Source: vllm-project/vllm, `vllm/v1/core/kv_cache_utils.py` (grouping) and `vllm/v1/kv_cache_interface.py` (what a
/// kind needs); the log's "maximum concurrency" is the pool's pages over those of one request.
record SharedPages(List<Kind> kinds, long groupLayers, long pageBytes, long stepTokens) implements CachePool {
    private static final double ALMOST_EQUAL = 1.25;

    /// Layers that need the same.
    ///
    /// @param pageTokens tokens of one page; 0 for states
    record Kind(String name, long layers, Retention retention, long bytesPerToken, long pageTokens) {}

    SharedPages {
        kinds = List.copyOf(kinds);
    }

    /// @param pageTokens what the engine asks for
    static SharedPages of(List<CachedLayers> cached, List<DeviceState> states, long pageTokens, long stepTokens) {
        List<Kind> kinds = new ArrayList<>();
        for (CachedLayers each : cached) {
            merge(kinds, new Kind(each.what(), each.layers(), each.retention(), each.bytesPerToken(), pageTokens));
        }
        long widest = kinds.stream().mapToLong(Kind::bytesPerToken).max().orElse(1);
        long state = states.stream().mapToLong(DeviceState::bytesOfOne).max().orElse(0);
        // A page of attention grows in steps of the engine's own until a state fits it.
        long largest = Math.max(pageTokens, Math.ceilDiv(Math.ceilDiv(state, widest), pageTokens) * pageTokens);
        long bytes = largest * widest;
        List<Kind> paged = new ArrayList<>();
        for (Kind kind : kinds) {
            long held = largest * Math.max(1, widest / kind.bytesPerToken());
            paged.add(new Kind(kind.name(), kind.layers(), kind.retention(), kind.bytesPerToken(), held));
        }
        long stateLayers = states.stream().mapToLong(DeviceState::layers).sum();
        if (stateLayers > 0) {
            paged.add(new Kind("states", stateLayers, new Retention.Everything(), 0, 0));
        }
        long least = paged.stream().mapToLong(Kind::layers).min().orElse(1);
        long most = paged.stream().mapToLong(Kind::layers).max().orElse(1);
        return new SharedPages(paged, most < ALMOST_EQUAL * least ? most : least, bytes, stepTokens);
    }

    private static void merge(List<Kind> kinds, Kind more) {
        for (int at = 0; at < kinds.size(); at++) {
            Kind kind = kinds.get(at);
            if (kind.retention().equals(more.retention()) && kind.bytesPerToken() == more.bytesPerToken()) {
                kinds.set(
                        at,
                        new Kind(
                                kind.name(),
                                kind.layers() + more.layers(),
                                kind.retention(),
                                kind.bytesPerToken(),
                                kind.pageTokens()));
                return;
            }
        }
        kinds.add(more);
    }

    /// Tokens of a page of the layers that keep every token.
    long pageTokens() {
        return kinds.stream().mapToLong(Kind::pageTokens).max().orElse(1);
    }

    /// Bytes that all layers of a group take together.
    long poolPageBytes() {
        return Math.multiplyExact(groupLayers, pageBytes);
    }

    /// Pages of the pool that one sequence of so many tokens takes.
    long pages(long tokens) {
        long pages = 0;
        for (Kind kind : kinds) {
            pages += groups(kind) * pages(kind, tokens);
        }
        return pages;
    }

    @Override
    public void count(long tokens, long sequences, Tally tally) {
        tally.group("pages of " + pageBytes + " B");
        for (Kind kind : kinds) {
            tally.leaf(kind.name() + ", " + retention(kind))
                    .times("groups", groups(kind))
                    .times("pages", pages(kind, tokens))
                    .times("layers in a group", groupLayers)
                    .times("page bytes", pageBytes)
                    .times("sequences", sequences);
        }
    }

    @Override
    public void countToken(Tally tally) {
        for (Kind kind : kinds) {
            tally.leaf(kind.name()).times(kind.layers()).times(kind.bytesPerToken());
        }
    }

    private long groups(Kind kind) {
        return Math.ceilDiv(kind.layers(), groupLayers);
    }

    private long pages(Kind kind, long tokens) {
        if (kind.pageTokens() == 0) {
            return 1;
        }
        return switch (kind.retention()) {
            case Retention.Everything(), Retention.SourceAsLongAsSequence() -> Math.ceilDiv(tokens, kind.pageTokens());
            case Retention.AtMost(long size) ->
                Math.ceilDiv(Math.min(tokens, size - 1 + stepTokens), kind.pageTokens()) + 1;
            case Retention.Source(long source) -> Math.ceilDiv(source, kind.pageTokens());
            case Retention.FixedSource(long source) -> Math.ceilDiv(source, kind.pageTokens());
        };
    }

    private static String retention(Kind kind) {
        return switch (kind.retention()) {
            case Retention.Everything() -> kind.pageTokens() == 0 ? "one page each" : "every token";
            case Retention.AtMost(long size) -> "windows of " + size;
            case Retention.Source _, Retention.FixedSource _, Retention.SourceAsLongAsSequence() -> "the source";
        };
    }
}
