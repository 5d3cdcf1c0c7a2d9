package dev.plimsoll.planner.search;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.planner.framework.FrameworkProfile.StageSplit;
import dev.plimsoll.planner.search.ShardingChoice.Extent;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;

/// All layouts of a job on some clusters, but for what is settled.
///
/// | choice | values |
/// |---|---|
/// | tensor parallelism | divisors of the devices up to 64, with and without sequence parallelism |
/// | context parallelism | divisors of the devices, keys sent round or tokens exchanged for heads |
/// | expert parallelism | divisors of the experts and of the devices; experts whole or split as far as tensor parallelism |
/// | pipeline | divisors of the devices up to the layers; layers as even as can be; chunks that divide them; 1F1B, for torchtitan ZB-H1 too |
/// | replicas | what is left of the devices |
/// | sharding | what the framework has: nothing and the optimizer, or ZeRO's stages and FSDP, over all replicas or a domain's |
/// | micro-batch | divisors of the global batch up to 65,536 |
/// | recomputation | nothing, what the framework selects, normalisations and activations, feed-forward, every second layer, all |
public final class WholeSpace {
    private static final long MOST_TENSOR = 64;
    private static final int MOST_STAGES = 1024;
    private static final long MOST_SEQUENCES = 65_536;

    private final TrainingJob job;
    private final List<SearchDevices> devices;
    private final FixedChoices fixed;
    private final SortedSet<Integer> divisors = new TreeSet<>();

    private WholeSpace(TrainingJob job, List<SearchDevices> devices, FixedChoices fixed) {
        this.job = job;
        this.devices = devices;
        this.fixed = fixed;
        for (SearchDevices choice : devices) {
            divisors(choice.cluster().devices()).forEach(divisor -> divisors.add(Math.toIntExact(divisor)));
        }
    }

    /// @param devices clusters that are compared
    public static SearchSpace of(TrainingJob job, List<SearchDevices> devices, FixedChoices fixed) {
        return new WholeSpace(job, devices, fixed).space();
    }

    private SearchSpace space() {
        return new SearchSpace(
                devices, tensor(), context(), experts(), pipelines(), shardings(), microBatches(), recomputations());
    }

    private List<TensorParallel> tensor() {
        List<TensorParallel> choices = new ArrayList<>();
        for (int degree : degrees(fixed.degrees().tensor(), MOST_TENSOR)) {
            for (SequenceSplit sequence : SequenceSplit.values()) {
                boolean wanted = fixed.sequence().isEmpty() || fixed.sequence().get() == sequence;
                if (degree == 1 ? sequence == SequenceSplit.WHOLE : wanted) {
                    choices.add(new TensorParallel(degree, sequence));
                }
            }
        }
        return choices;
    }

    private List<ContextParallel> context() {
        List<ContextParallel> choices = new ArrayList<>();
        for (int degree : degrees(fixed.degrees().context(), job.batch().sequenceLength())) {
            choices.add(new ContextParallel(degree, ContextExchange.RING));
            if (degree > 1) {
                choices.add(new ContextParallel(degree, ContextExchange.ALL_TO_ALL));
            }
        }
        return choices;
    }

    private List<ExpertParallel> experts() {
        long experts = experts(job);
        if (experts == 1) {
            return List.of(new ExpertParallel(
                    fixed.degrees().expert().orElse(1),
                    fixed.degrees().expertTensor().orElse(1)));
        }
        List<ExpertParallel> choices = new ArrayList<>();
        for (int degree : degrees(fixed.degrees().expert(), experts)) {
            for (int inner : degrees(fixed.degrees().expertTensor(), MOST_TENSOR)) {
                if (experts % degree == 0) {
                    choices.add(new ExpertParallel(degree, inner));
                }
            }
        }
        return choices;
    }

    private static long experts(TrainingJob job) {
        long most = 1;
        for (Part part : job.model().parts()) {
            for (LayerRun run : part.runs()) {
                most = Math.max(most, experts(run.block()));
            }
        }
        return most;
    }

    private static long experts(Block block) {
        return block.operators().stream()
                .filter(Operator.GroupedLinear.class::isInstance)
                .map(operator -> ((Operator.GroupedLinear) operator).weight().shape())
                .filter(shape -> shape.has(Axis.EXPERTS))
                .mapToLong(shape -> shape.size(Axis.EXPERTS))
                .max()
                .orElse(1);
    }

    private List<PipelineParallel> pipelines() {
        int layers = Math.toIntExact(
                Layout.of(PlannedRules.smallest(job, Parallelism.NONE)).layers());
        List<PipelineParallel> choices = new ArrayList<>();
        for (int degree : degrees(fixed.degrees().pipeline(), Math.min(layers, MOST_STAGES))) {
            for (PipelineSchedule schedule : PipelineSchedule.values()) {
                int most = schedule == PipelineSchedule.ONE_FORWARD_ONE_BACKWARD && degree > 1 ? layers / degree : 1;
                for (int chunks = 1; chunks <= most; chunks++) {
                    addPipeline(choices, new PipelineParallel(degree, chunks, schedule, List.of()), layers);
                }
            }
        }
        return choices;
    }

    private void addPipeline(List<PipelineParallel> choices, PipelineParallel choice, int layers) {
        boolean wanted = fixed.schedule().map(choice.schedule()::equals).orElseGet(() -> isUsual(choice));
        int chunks = choice.chunks();
        if (!wanted || fixed.degrees().chunks().orElse(chunks) != chunks) {
            return;
        }
        boolean divides = layers % (choice.degree() * chunks) == 0;
        if (divides || job.method().framework().split() != StageSplit.EQUAL_COUNTS) {
            choices.add(choice);
        } else if (chunks == 1) {
            choices.add(new PipelineParallel(choice.degree(), 1, choice.schedule(), balanced(layers, choice.degree())));
        }
    }

    /// As many layers on each stage as can be; the last stages but one have one more where they do not divide, since the
    /// first holds the embedding and more micro-batches, and the last the head.
    static List<Integer> balanced(int layers, int stages) {
        List<Integer> counts = new ArrayList<>();
        int more = layers % stages;
        for (int stage = 0; stage < stages; stage++) {
            boolean longer = stage >= stages - 1 - more && stage < stages - 1;
            counts.add(layers / stages + (longer ? 1 : 0));
        }
        return counts;
    }

    /// Zero bubbles are torchtitan's alone.
    private boolean isUsual(PipelineParallel choice) {
        return switch (choice.schedule()) {
            case ONE_FORWARD_ONE_BACKWARD -> true;
            case ZERO_BUBBLE ->
                choice.degree() > 1 && job.method().framework().defaults().sharding() == Sharding.WEIGHTS;
            case GPIPE -> false;
        };
    }

    private List<ShardingChoice> shardings() {
        if (fixed.sharding().isPresent()) {
            Sharding sharding = fixed.sharding().get();
            return sharding == Sharding.NONE
                    ? List.of(ShardingChoice.NONE)
                    : List.of(new ShardingChoice(sharding, Extent.ALL), new ShardingChoice(sharding, Extent.DOMAIN));
        }
        Sharding usual = job.method().framework().defaults().sharding();
        return switch (usual) {
            case NONE, OPTIMIZER ->
                List.of(
                        ShardingChoice.NONE,
                        new ShardingChoice(Sharding.OPTIMIZER, Extent.ALL),
                        new ShardingChoice(Sharding.OPTIMIZER, Extent.DOMAIN));
            case GRADIENTS ->
                List.of(
                        ShardingChoice.NONE,
                        new ShardingChoice(Sharding.OPTIMIZER, Extent.ALL),
                        new ShardingChoice(Sharding.GRADIENTS, Extent.ALL),
                        new ShardingChoice(Sharding.WEIGHTS, Extent.ALL),
                        new ShardingChoice(Sharding.WEIGHTS, Extent.DOMAIN));
            case WEIGHTS ->
                List.of(
                        ShardingChoice.NONE,
                        new ShardingChoice(Sharding.GRADIENTS, Extent.ALL),
                        new ShardingChoice(Sharding.WEIGHTS, Extent.ALL),
                        new ShardingChoice(Sharding.WEIGHTS, Extent.DOMAIN));
        };
    }

    private List<Long> microBatches() {
        return fixed.microBatch().isPresent()
                ? List.of(fixed.microBatch().getAsLong())
                : microBatches(job.batch().globalBatch());
    }

    /// Those that divide a global batch, ascending.
    static List<Long> microBatches(long globalBatch) {
        return LongStream.rangeClosed(1, Math.min(globalBatch, MOST_SEQUENCES))
                .filter(sequences -> globalBatch % sequences == 0)
                .boxed()
                .toList();
    }

    private List<Recomputation> recomputations() {
        if (fixed.recomputation().isPresent()) {
            return List.of(fixed.recomputation().get());
        }
        return List.copyOf(new LinkedHashSet<>(List.of(
                Recomputation.NONE,
                job.method().framework().selective(),
                Recomputation.everywhere(Piece.NORMALIZATION, Piece.ACTIVATION),
                Recomputation.everywhere(Piece.FEED_FORWARD),
                new Recomputation(Set.of(Piece.LAYER), new LayerPattern.Every(2)),
                Recomputation.everywhere(Piece.LAYER))));
    }

    private List<Integer> degrees(OptionalInt settled, long most) {
        return settled.isPresent()
                ? List.of(settled.getAsInt())
                : divisors.stream().filter(divisor -> divisor <= most).toList();
    }

    private static List<Long> divisors(long number) {
        SortedSet<Long> divisors = new TreeSet<>();
        LongStream.rangeClosed(1, (long) Math.sqrt((double) number))
                .filter(divisor -> number % divisor == 0)
                .forEach(divisor -> {
                    divisors.add(divisor);
                    divisors.add(number / divisor);
                });
        return List.copyOf(divisors);
    }
}
