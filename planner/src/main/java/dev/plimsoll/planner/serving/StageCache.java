package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.CacheFormat;
import dev.plimsoll.planner.cost.CachedLayers;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.OpenAxes;
import dev.plimsoll.planner.cost.Retention;
import dev.plimsoll.planner.cost.StateLayers;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.RecordingTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/// The cache of one pipeline stage on one device: exactly the pages that an engine hands out.
///
/// Heads of keys and values are divided by tensor parallelism, or repeated where there are fewer than devices; latents
/// are on every device whole. Bytes never fall as tokens or sequences grow, which is what makes them invertible.
public final class StageCache {
    /// What vLLM holds a latent and its rotated key in: 512 B of fp8, four f32 scales and 64 bf16 values.
    ///
    /// Source: vllm-project/vllm, `fp8_ds_mla`, 656 B a token and layer.
    public static final DataType LATENT_FP8 = new DataType("fp8_ds_mla", 576, 656);

    /// Longer sequences are not asked for.
    static final long MOST_TOKENS = 1L << 50;

    private final List<CachePool> pools;
    private final long pageTokens;

    private StageCache(List<CachePool> pools, long pageTokens) {
        this.pools = List.copyOf(pools);
        this.pageTokens = pageTokens;
    }

    static StageCache of(ServingJob job, Transformer stage, Shards shards) {
        List<CachePool> pools = new ArrayList<>();
        long page = add(pools, job, job.model(), stage, shards);
        job.draft().ifPresent(draft -> add(pools, job, draft, draft.transformer(), shards));
        return new StageCache(pools, page);
    }

    /// @return tokens of a page
    private static long add(
            List<CachePool> pools, ServingJob job, ServedModel model, Transformer stage, Shards shards) {
        CacheFormat format =
                CacheFormat.of(job.cache().type()).withStateType(job.cache().stateType());
        KeyValueCacheSize whole = KeyValueCacheSize.of(stage, format, OpenAxes.of(model.transformer()));
        List<CachedLayers> cached = new ArrayList<>();
        for (CachedLayers layers : whole.cachedLayers()) {
            cached.add(new CachedLayers(
                    layers.block(),
                    layers.what(),
                    layers.layers(),
                    layers.retention(),
                    values(layers, shards),
                    layers.dataType()));
        }
        List<DeviceState> states = states(job, model, whole.stateLayers(), shards);
        long pageTokens = job.pageTokens();
        if (job.engine().sharing() == CacheSharing.ONE_POOL && needsOnePool(cached, states)) {
            SharedPages shared = SharedPages.of(cached, states, pageTokens, job.batchedTokens());
            pools.add(shared);
            return shared.pageTokens();
        }
        pools.add(new LayerPages(cached, pageTokens, job.batchedTokens()));
        if (!states.isEmpty()) {
            pools.add(new CarriedStates(states));
        }
        return pageTokens;
    }

    /// Layers that all keep every token share pages without any rule.
    private static boolean needsOnePool(List<CachedLayers> cached, List<DeviceState> states) {
        return !cached.isEmpty()
                && cached.stream().allMatch(CachedLayers::grows)
                && (!states.isEmpty()
                        || cached.stream().anyMatch(each -> each.retention() instanceof Retention.AtMost));
    }

    private static List<Value> values(CachedLayers layers, Shards shards) {
        if (layers.dataType().equals(LATENT_FP8)) {
            Shape latent = Shape.of(Axis.LATENT, LATENT_FP8.blockElements());
            return List.of(Value.activation("latent and rotated key", latent));
        }
        return layers.values().stream().map(shards::share).toList();
    }

    private static List<DeviceState> states(
            ServingJob job, ServedModel model, List<StateLayers> layers, Shards shards) {
        DataType carried = job.cache().stateType();
        DataType kept = switch (job.engine().stateOfConvolutions()) {
            case AS_ACTIVATIONS -> model.activations();
            case AS_STATES -> carried;
        };
        List<DeviceState> states = new ArrayList<>();
        for (StateLayers each : layers) {
            List<DeviceState.StatePart> parts = new ArrayList<>();
            for (Operator operator : each.operators()) {
                part(operator, carried, kept, shards).ifPresent(parts::add);
            }
            states.add(new DeviceState(each.block(), each.layers(), parts));
        }
        return states;
    }

    private static Optional<DeviceState.StatePart> part(
            Operator operator, DataType carried, DataType kept, Shards shards) {
        if (operator instanceof Operator.StateSpaceScan scan) {
            return Optional.of(new DeviceState.StatePart(scan.name(), shards.share(scan.state()), 1, carried));
        }
        if (operator instanceof Operator.DeltaRule rule) {
            return Optional.of(new DeviceState.StatePart(rule.name(), shards.share(rule.state()), 1, carried));
        }
        if (operator instanceof Operator.Convolution convolution
                && convolution.kind() instanceof ConvolutionKind.CausalByChannel(int width)) {
            Shape channels = shards.share(convolution.input().shape());
            return Optional.of(new DeviceState.StatePart(convolution.name(), channels, width - 1, kept));
        }
        return Optional.empty();
    }

    /// Whether a model keeps latents in place of keys and values.
    public static boolean isLatent(Transformer model) {
        for (CachedLayers layers :
                KeyValueCacheSize.of(model, CacheFormat.of(DataType.BF16)).cachedLayers()) {
            if (layers.values().stream().anyMatch(value -> value.shape().has(Axis.LATENT))) {
                return true;
            }
        }
        return false;
    }

    /// Tokens of a page, as grown by states where they need it.
    public long pageTokens() {
        return pageTokens;
    }

    /// Bytes of so many sequences of so many tokens; the largest long where there are more.
    public long bytes(long tokens, long sequences) {
        QuickTally tally = new QuickTally();
        pools.forEach(pool -> pool.count(tokens, sequences, tally));
        return tally.isAtMost(Long.MAX_VALUE) ? tally.exact("the cache") : Long.MAX_VALUE;
    }

    /// Whether they fit in so many bytes.
    boolean fits(long tokens, long sequences, long bytes) {
        QuickTally tally = new QuickTally();
        pools.forEach(pool -> pool.count(tokens, sequences, tally));
        return tally.isAtMost(bytes);
    }

    /// Bytes of one more token of one sequence before any window is full.
    public long bytesPerToken() {
        QuickTally tally = new QuickTally();
        pools.forEach(pool -> pool.countToken(tally));
        return tally.exact("the cache of one token");
    }

    /// Bytes of so many sequences of so many tokens by their formula.
    public Breakdown breakdown(long tokens, long sequences) {
        RecordingTally tally = new RecordingTally("KV cache");
        pools.forEach(pool -> pool.count(tokens, sequences, tally));
        return tally.breakdown();
    }

    /// Where layers share pages of one pool, how.
    public Optional<SharedPool> sharedPool() {
        for (CachePool pool : pools) {
            if (pool instanceof SharedPages shared) {
                return Optional.of(new SharedPool(shared.pageTokens(), shared.poolPageBytes(), shared::pages));
            }
        }
        return Optional.empty();
    }

    /// A pool whose pages all kinds of layers take.
    ///
    /// @param pageTokens of the layers that keep every token
    /// @param pageBytes of all layers of a group together
    /// @param pages that one sequence of so many tokens takes
    public record SharedPool(long pageTokens, long pageBytes, LongUnaryOperator pages) {}
}
