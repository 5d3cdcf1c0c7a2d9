package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/// What every device of a job holds, stage by stage. Replicas hold the same, and so do the devices of a tensor-parallel
/// group.
///
/// Not counted: fragmentation beyond the named reserve, memory that images or sound take while an encoder runs.
public final class ServingMemory {
    private final ServingJob job;
    private final List<DeviceMemory> stages;

    private ServingMemory(ServingJob job, List<DeviceMemory> stages) {
        this.job = job;
        this.stages = List.copyOf(stages);
    }

    /// @param job without violations
    public static ServingMemory of(ServingJob job) {
        Shards shards = new Shards(job.layout(), job.engine().vocabularyMultiple());
        Transformer onDevices = onDevices(job);
        List<DeviceMemory> stages = new ArrayList<>();
        List<Transformer> slices = StageSlices.of(onDevices, job.layout());
        long before = StageSlices.layers(job.model().transformer()) - StageSlices.layers(onDevices);
        for (int stage = 0; stage < slices.size(); stage++) {
            long hostExperts = job.host().hostExpertLayers() - before;
            stages.add(device(job, stage, slices.get(stage), hostExperts, shards));
            before += StageSlices.layers(slices.get(stage));
        }
        return new ServingMemory(job, stages);
    }

    /// The last layers, where the first ones stay on the host.
    private static Transformer onDevices(ServingJob job) {
        Transformer model = job.model().transformer();
        long layers = StageSlices.layers(model);
        long asked = job.host().deviceLayers().orElse(layers + 1);
        if (asked > layers) {
            return model;
        }
        List<StageSlices.End> ends = asked == 0 ? List.of() : List.of(StageSlices.End.BACK);
        return StageSlices.between(model, layers - Math.max(0, asked - 1), layers, ends);
    }

    /// @param hostExperts first layers of the slice whose experts stay on the host
    private static DeviceMemory device(ServingJob job, int stage, Transformer slice, long hostExperts, Shards shards) {
        StageWeights weights = new StageWeights(job, shards);
        List<MemoryLine> lines = new ArrayList<>(weights.lines(job.model(), slice, hostExperts, ""));
        job.draft().ifPresent(draft -> lines.addAll(weights.lines(draft, draft.transformer(), 0, " of the draft")));
        AdapterBytes.of(job, slice, shards).ifPresent(lines::add);
        long activations = 0;
        for (MemoryLine line : StageActivations.of(job, slice, shards).stream().toList()) {
            lines.add(line);
            activations += line.bytes();
        }
        lines.addAll(RuntimeLines.of(job, activations));
        long beforeCache = lines.stream().mapToLong(MemoryLine::bytes).sum();
        MemoryBudget budget = MemoryBudget.of(job, beforeCache);
        return new DeviceMemory(
                stage,
                StageSlices.layers(slice),
                job.accelerator().usableMemory().whole(),
                budget.bytes(),
                budget.explanation(),
                lines,
                StageCache.of(job, slice, shards));
    }

    public ServingJob job() {
        return job;
    }

    public List<DeviceMemory> stages() {
        return stages;
    }

    /// The share of the budget's rule, as it was applied.
    public OptionalDouble share() {
        return MemoryBudget.of(job, worst().beforeCache()).share();
    }

    /// The device that has least room once the job's sequences are there.
    public DeviceMemory worst() {
        return stages.stream()
                .min(Comparator.comparingDouble(device -> (double) device.budget()
                        - device.beforeCache()
                        - device.cache()
                                .bytes(job.limits().maxModelLen(), job.limits().sequences())))
                .orElseThrow();
    }

    /// Whether so many sequences of so many tokens fit on every device.
    public boolean fits(long tokens, long sequences) {
        return stages.stream().allMatch(device -> device.fits(tokens, sequences));
    }

    /// The longest that so many sequences can be, in whole pages; [StageCache#MOST_TOKENS] where nothing grows.
    public long tokens(long sequences) {
        if (!fits(1, sequences)) {
            return 0;
        }
        long page = stages.stream()
                .mapToLong(device -> device.cache().pageTokens())
                .max()
                .orElse(1);
        long most = Solver.largest(0, StageCache.MOST_TOKENS / page, pages -> fits(pages * page, sequences));
        return most * page;
    }

    /// How many sequences of so many tokens are held at once; the largest long where they take nothing.
    public long sequences(long tokens) {
        return Solver.largest(0, StageCache.MOST_TOKENS, count -> fits(tokens, count));
    }

    /// What vLLM logs as `GPU KV cache size`: requests of the longest length that the pool holds, in tokens.
    ///
    /// Source: vllm-project/vllm, `get_kv_cache_capacity`: the pool's pages over those of one request, times its length.
    public long loggedTokens() {
        long length = job.limits().maxModelLen();
        double least = Double.POSITIVE_INFINITY;
        for (DeviceMemory device : stages) {
            least = Math.min(least, requests(device, length));
        }
        return Double.isInfinite(least) ? 0 : (long) (least * length);
    }

    /// Requests of so many tokens that the device holds: whole pages over those of one request, where layers share them.
    private static double requests(DeviceMemory device, long length) {
        StageCache cache = device.cache();
        if (cache.sharedPool().isPresent()) {
            StageCache.SharedPool pool = cache.sharedPool().get();
            long pages = device.left() / pool.pageBytes();
            return (double) pages / pool.pages().applyAsLong(length);
        }
        long page = cache.bytes(cache.pageTokens(), 1);
        long pagesOfOne = Math.ceilDiv(length, cache.pageTokens());
        if (page > 0 && cache.bytes(length, 1) == page * pagesOfOne) {
            long pages = device.left() / page;
            return (double) pages / pagesOfOne;
        }
        long one = cache.bytes(length, 1);
        return one == 0 ? Double.POSITIVE_INFINITY : (double) device.left() / one;
    }

    /// The formula of each figure of the fullest device.
    public List<Explanation> explanations() {
        DeviceMemory device = worst();
        List<Explanation> all = new ArrayList<>();
        all.add(device.budgetLine());
        for (MemoryLine line : device.lines()) {
            all.addAll(line.breakdown().explainAll(new Basis("B", line.source(), line.provenance())));
        }
        all.addAll(device.cache()
                .breakdown(job.limits().maxModelLen(), job.limits().sequences())
                .explainAll(new Basis(
                        "B",
                        "whole pages, as " + job.engine().name() + " hands them out",
                        job.model().provenance())));
        return all;
    }
}
