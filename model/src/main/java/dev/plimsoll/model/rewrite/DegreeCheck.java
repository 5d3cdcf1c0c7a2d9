package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Dimension.Fixed;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Whether the degrees of parallelism divide what they are to divide: every violation, with the degrees that would work.
public final class DegreeCheck {
    private static final long MOST = 1024;
    private static final long MOST_NAMED = 16;

    private final TrainingExecution execution;
    private final Parallelism parallelism;
    private final Set<Fixed> dense = new LinkedHashSet<>();
    private final Set<Fixed> expert = new LinkedHashSet<>();
    private final List<String> violations = new ArrayList<>();

    private DegreeCheck(TrainingExecution execution, Parallelism parallelism) {
        this.execution = execution;
        this.parallelism = parallelism;
    }

    /// @return one sentence each, none where a program can be made for each device
    public static List<String> violations(Transformer model, TrainingExecution execution, Parallelism parallelism) {
        DegreeCheck check = new DegreeCheck(execution, parallelism);
        long layers = 0;
        for (LayerRun run : TrainingProgram.stack(model).runs()) {
            check.axes(run.block());
            layers += TrainingProgram.isLayer(run.block()) ? run.count() : 0;
        }
        check.tensor();
        check.context();
        check.experts();
        check.pipeline(layers);
        check.data();
        return List.copyOf(check.violations);
    }

    /// Checks that sequences have as many tokens for each device that holds a part of them.
    ///
    /// @param tokens of a whole sequence
    /// @throws InputException where they have not
    public static void requireTokens(Parallelism parallelism, long tokens) {
        boolean split = parallelism.tensor().sequence() == SequenceSplit.SPLIT;
        long parts = (long) parallelism.context().degree()
                * (split ? parallelism.tensor().degree() : 1);
        if (tokens % parts != 0) {
            throw InputException.usage(
                    "sequence: found %d tokens, expected a multiple of %d, since so many devices hold a part of it"
                            .formatted(tokens, parts),
                    "Choose another length of sequence, or lower degrees.");
        }
    }

    private void axes(Block block) {
        for (Operator operator : block.operators()) {
            for (Parameter parameter : operator.parameters()) {
                for (Dimension dimension : parameter.shape().dimensions()) {
                    (operator instanceof Operator.GroupedLinear ? expert : dense).add((Fixed) dimension);
                }
            }
            if (operator instanceof Operator.Attention attention) {
                dense.add((Fixed) attention.query().shape().dimensions().get(2));
                dense.add((Fixed) attention.key().shape().dimensions().get(2));
            }
        }
    }

    private void tensor() {
        long degree = parallelism.tensor().degree();
        if (degree == 1) {
            return;
        }
        for (Fixed axis : dense) {
            long size = axis.size();
            if (axis.axis() == Axis.QUERY_HEADS || axis.axis() == Axis.FEED_FORWARD || axis.axis() == Axis.VOCABULARY) {
                divides("tensor", degree, axis, other -> size % other == 0);
            } else if (axis.axis() == Axis.KEY_VALUE_HEADS) {
                divides("tensor", degree, axis, other -> size % other == 0 || other % size == 0);
            }
        }
        require(
                dense.stream()
                                .filter(axis -> axis.axis() == Axis.KEY_VALUE_HEADS && axis.size() < degree)
                                .count()
                        < 2,
                "layers have different numbers of key/value heads, fewer than the " + degree
                        + " devices that would share them");
    }

    private void context() {
        long degree = parallelism.context().degree();
        if (degree == 1) {
            return;
        }
        switch (parallelism.context().exchange()) {
            case RING ->
                require(
                        execution.attention() instanceof AttentionKernel.Tiled,
                        "a ring of keys never has all scores of a query in one place: run attention in tiles, or"
                                + " exchange heads for tokens");
            case ALL_TO_ALL -> {
                for (Fixed axis : dense) {
                    if (axis.axis() == Axis.QUERY_HEADS || axis.axis() == Axis.KEY_VALUE_HEADS) {
                        long heads =
                                Math.max(1, axis.size() / parallelism.tensor().degree());
                        divides("context", degree, new Fixed(axis.axis(), heads), other -> heads % other == 0);
                    }
                }
            }
        }
    }

    private void experts() {
        long degree = parallelism.expert().degree();
        long parts = parallelism.expert().tensorDegree();
        long devices = (long) parallelism.tensor().degree()
                * parallelism.context().degree()
                * parallelism.data().degree();
        if (expert.isEmpty()) {
            require(
                    degree == 1 && parts == 1,
                    "the model has no experts to be dealt out to " + degree * parts + " devices");
            return;
        }
        for (Fixed axis : expert) {
            if (axis.axis() == Axis.EXPERTS) {
                divides("expert", degree, axis, other -> axis.size() % other == 0);
            } else if (axis.axis() == Axis.FEED_FORWARD) {
                divides("expert tensor", parts, axis, other -> axis.size() % other == 0);
            }
        }
        require(
                devices % (degree * parts) == 0,
                "the " + devices + " devices of a stage are no multiple of " + degree + " expert times " + parts
                        + " expert tensor parallel ones");
        require(
                parallelism.tensor().degree() == 1 || parallelism.tensor().sequence() == SequenceSplit.SPLIT,
                "experts under tensor parallelism need the tokens split too (sequence parallelism)");
    }

    private void pipeline(long layers) {
        PipelineParallel pipeline = parallelism.pipeline();
        long chunks = (long) pipeline.degree() * pipeline.chunks();
        require(pipeline.chunks() == 1 || pipeline.degree() > 1, "one stage has no use for several chunks of layers");
        require(
                pipeline.chunks() == 1 || pipeline.schedule() != PipelineSchedule.ZERO_BUBBLE,
                "the zero-bubble schedule has one chunk of layers on each stage, not " + pipeline.chunks());
        if (pipeline.layers().isEmpty()) {
            require(
                    layers % chunks == 0 && chunks <= layers,
                    layers + " layers cannot stand evenly on " + chunks + " stages or chunks: "
                            + working(other -> layers % other == 0) + " would work, or a list of the layers on each");
        } else {
            long listed =
                    pipeline.layers().stream().mapToLong(Integer::longValue).sum();
            require(
                    pipeline.layers().size() == chunks && listed == layers,
                    "the list puts " + listed + " layers on "
                            + pipeline.layers().size() + " chunks, expected " + layers + " on " + chunks);
            require(
                    chunks < 2
                            || pipeline.layers().stream()
                                    .skip(1)
                                    .limit(chunks - 2)
                                    .allMatch(count -> count > 0),
                    "a chunk between the first and the last has at least one layer");
        }
    }

    private void data() {
        long degree = parallelism.data().degree();
        long shards = parallelism.data().shards();
        require(
                degree % shards == 0,
                degree + " replicas cannot form groups of " + shards + " that share out what they hold: "
                        + working(other -> degree % other == 0) + " would work");
        require(
                shards == degree || parallelism.data().sharding() == Sharding.NONE || !parallelismDividesExperts(),
                "groups of replicas that share out what they hold are not modelled beside expert parallelism");
    }

    private boolean parallelismDividesExperts() {
        return parallelism.expert().degree() * parallelism.expert().tensorDegree() > 1;
    }

    private void divides(String what, long degree, Fixed axis, LongPredicate works) {
        require(
                works.test(degree),
                axis.size() + " " + axis.axis().words() + " cannot be divided by " + what + " parallelism of " + degree
                        + ": " + working(works) + " would work");
    }

    private static String working(LongPredicate works) {
        return LongStream.rangeClosed(1, MOST)
                .filter(works)
                .limit(MOST_NAMED)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", "));
    }

    private void require(boolean holds, String otherwise) {
        if (!holds && !violations.contains(otherwise)) {
            violations.add(otherwise);
        }
    }
}
