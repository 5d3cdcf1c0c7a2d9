package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.framework.FrameworkProfile.StageSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/// Looks for everything at once that keeps a layout from being run.
final class LayoutCheck {
    /// Values offered are looked for up to here; longer lists help nobody.
    private static final long LARGEST = 4096;

    private static final int SHOWN = 12;

    private final TrainingJob job;
    private final Parallelism split;
    private final TextStack stack;
    private final long devices;
    private final List<Violation> violations = new ArrayList<>();

    LayoutCheck(TrainingJob job, long devices) {
        this.job = job;
        this.split = job.parallelism();
        this.stack = TextStack.of(job.model(), job.method().furtherTokens());
        this.devices = devices;
    }

    List<Violation> violations() {
        violations.clear();
        product();
        tensor();
        context();
        experts();
        pipeline();
        batch();
        shards();
        return List.copyOf(violations);
    }

    private void product() {
        if (split.devices() == devices) {
            return;
        }
        String cause =
                "tp " + split.tensor().degree() + " x cp " + split.context().degree() + " x pp "
                        + split.pipeline().degree() + " x dp " + split.data().degree() + " is "
                        + Numbers.grouped(split.devices()) + " devices, expected " + Numbers.grouped(devices);
        long others = split.devices() / split.data().degree();
        if (devices % others == 0) {
            refuse("dp", cause, List.of(devices / others));
            return;
        }
        // No number of replicas makes up for it: a degree of those that hold a replica together must change.
        refuse("dp", cause, List.of());
        divide("tp", split.tensor().degree(), others);
        divide("cp", split.context().degree(), others);
        divide("pp", split.pipeline().degree(), others);
    }

    /// Offers values of one degree with which a replica's devices divide all.
    private void divide(String option, int degree, long replica) {
        long rest = replica / degree;
        if (degree > 1 && devices % rest == 0) {
            refuse(
                    option,
                    option + " " + degree + " times " + rest + " others does not divide " + Numbers.grouped(devices)
                            + " devices",
                    value -> devices % (rest * value) == 0);
        }
    }

    private void tensor() {
        int degree = split.tensor().degree();
        LongPredicate all = value -> true;
        for (long heads : sizes(Axis.QUERY_HEADS)) {
            all = all.and(value -> heads % value == 0);
            divides("tp", degree, heads, "query heads");
        }
        for (long heads : sizes(Axis.KEY_VALUE_HEADS)) {
            all = all.and(value -> heads % value == 0 || value % heads == 0);
            if (heads % degree != 0 && degree % heads != 0) {
                refuse("tp", "tp " + degree + " neither divides " + heads + " key/value heads nor is a multiple", all);
            }
        }
        for (long width : sizes(Axis.FEED_FORWARD)) {
            divides("tp", degree, width, "the feed-forward width");
        }
    }

    private void context() {
        int degree = split.context().degree();
        long tokens = job.batch().sequenceLength();
        // Zig-zag: each rank has a piece from the front and one from the back, so that causal masks cost all the same.
        long pieces = degree == 1 ? 1 : 2L * degree;
        if (tokens % pieces != 0) {
            refuse(
                    "cp",
                    "2 x cp " + degree + " does not divide a sequence of " + Numbers.grouped(tokens) + " tokens",
                    value -> value == 1 || tokens % (2 * value) == 0);
        }
        int tensor = split.tensor().degree();
        if (split.tensor().sequence() == SequenceSplit.SPLIT && tensor > 1 && tokens % ((long) degree * tensor) != 0) {
            refuse(
                    "tp",
                    "tp " + tensor + " x cp " + degree + " does not divide a sequence of " + Numbers.grouped(tokens)
                            + " tokens, which sequence parallelism splits",
                    value -> tokens % (degree * value) == 0);
        }
        if (split.context().exchange() == ContextExchange.ALL_TO_ALL) {
            for (long heads : sizes(Axis.QUERY_HEADS)) {
                divides("cp", degree, Math.max(1, heads / tensor), "the query heads of a device");
            }
        }
    }

    private void experts() {
        int degree = split.expert().degree();
        int inner = split.expert().tensorDegree();
        SortedSet<Long> counts = sizesOfExperts(Axis.EXPERTS);
        if (counts.isEmpty()) {
            if (degree > 1) {
                refuse("ep", "ep " + degree + " deals out experts, and the model has none", List.of(1L));
            }
            return;
        }
        for (long count : counts) {
            divides("ep", degree, count, "experts");
        }
        for (long width : sizesOfExperts(Axis.FEED_FORWARD)) {
            divides("etp", inner, width, "the experts' width");
        }
        long group = (long) split.tensor().degree()
                * split.context().degree()
                * split.data().degree();
        if (group % ((long) degree * inner) != 0) {
            refuse(
                    "ep",
                    "ep " + degree + " x etp " + inner + " does not divide the " + group + " devices of a stage",
                    value -> group % (value * inner) == 0 && counts.stream().allMatch(count -> count % value == 0));
        }
    }

    private void pipeline() {
        PipelineParallel pipeline = split.pipeline();
        long layers = stack.count();
        long chunks = (long) pipeline.degree() * pipeline.chunks();
        if (!pipeline.layers().isEmpty()) {
            listed(pipeline, layers, chunks);
        } else if (job.method().framework().split() == StageSplit.EQUAL_COUNTS && layers % chunks != 0) {
            refuse(
                    "pp",
                    "pp " + pipeline.degree() + (pipeline.chunks() > 1 ? " x vpp " + pipeline.chunks() : "")
                            + " does not divide " + layers + " layers",
                    value -> layers % (value * pipeline.chunks()) == 0);
        } else if (layers < chunks) {
            refuse(
                    "pp",
                    chunks + " pieces of a pipeline for " + layers + " layers",
                    value -> value * pipeline.chunks() <= layers);
        }
        if (pipeline.chunks() == 1) {
            return;
        }
        if (pipeline.degree() == 1) {
            refuse("vpp", "vpp " + pipeline.chunks() + " interleaves a pipeline, and pp is 1", List.of(1L));
        }
        if (pipeline.schedule() != PipelineSchedule.ONE_FORWARD_ONE_BACKWARD) {
            refuse("vpp", "vpp " + pipeline.chunks() + " goes with 1F1B alone", List.of(1L));
        }
        if (job.microBatches() % pipeline.degree() != 0) {
            refuse(
                    "global-batch-size",
                    "interleaving works on groups of pp " + pipeline.degree() + " micro-batches, and there are "
                            + job.microBatches(),
                    multiples(replicaBatch() * pipeline.degree()));
        }
    }

    private void listed(PipelineParallel pipeline, long layers, long chunks) {
        long sum = pipeline.layers().stream().mapToLong(Integer::longValue).sum();
        if (pipeline.layers().size() != chunks) {
            refuse(
                    "pipeline-layers",
                    "the list has " + pipeline.layers().size() + " numbers, expected one for each of " + chunks
                            + " pieces of the pipeline",
                    List.of());
        }
        if (sum != layers || pipeline.layers().stream().anyMatch(count -> count < 0)) {
            refuse("pipeline-layers", "the list sums to " + sum + " layers, expected " + layers, List.of());
        }
    }

    private void batch() {
        long global = job.batch().globalBatch();
        long replica = replicaBatch();
        if (global % replica == 0) {
            return;
        }
        String cause = "micro-batches of " + job.batch().microBatch() + " on dp "
                + split.data().degree() + " do not divide the global batch of " + Numbers.grouped(global);
        refuse("global-batch-size", cause, multiples(replica));
        long replicas = split.data().degree();
        refuse("micro-batch-size", cause, value -> global % Math.multiplyExact(value, replicas) == 0);
    }

    private void shards() {
        int degree = split.data().degree();
        int shards = split.data().shards();
        if (degree % shards != 0) {
            refuse("shards", shards + " shards do not divide dp " + degree, value -> degree % value == 0);
        }
    }

    private long replicaBatch() {
        return Math.multiplyExact(job.batch().microBatch(), split.data().degree());
    }

    /// The nearest multiples to the global batch.
    private List<Long> multiples(long step) {
        long below = job.batch().globalBatch() / step * step;
        return below == 0 ? List.of(step) : List.of(below, below + step);
    }

    private void divides(String option, long degree, long size, String what) {
        if (size % degree != 0) {
            refuse(
                    option,
                    option + " " + degree + " does not divide " + Numbers.grouped(size) + " (" + what + ")",
                    value -> size % value == 0);
        }
    }

    private void refuse(String option, String cause, LongPredicate works) {
        long[] all = LongStream.rangeClosed(1, LARGEST).filter(works).toArray();
        refuse(option, cause, LongStream.of(all).limit(SHOWN).boxed().toList());
    }

    private void refuse(String option, String cause, List<Long> works) {
        violations.add(new Violation(option, cause, works));
    }

    /// How long an axis is in the layers' values outside of experts, each size once.
    private SortedSet<Long> sizes(Axis axis) {
        SortedSet<Long> sizes = new TreeSet<>();
        for (Block block :
                stack.layers().stream().map(LayerRun::block).distinct().toList()) {
            for (Operator operator : block.operators()) {
                if (operator.output().shape().has(axis)
                        && !operator.output().shape().has(Axis.TOP_K)) {
                    sizes.add(operator.output().shape().size(axis));
                }
            }
        }
        return sizes;
    }

    private SortedSet<Long> sizesOfExperts(Axis axis) {
        SortedSet<Long> sizes = new TreeSet<>();
        for (Block block :
                stack.layers().stream().map(LayerRun::block).distinct().toList()) {
            for (Operator operator : block.operators()) {
                if (operator instanceof Operator.GroupedLinear grouped
                        && grouped.weight().shape().has(axis)) {
                    sizes.add(grouped.weight().shape().size(axis));
                }
            }
        }
        return sizes;
    }
}
