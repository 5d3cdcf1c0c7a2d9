package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.RecordingTally;
import java.util.Optional;

/// The most that activations take on one device in one step.
///
/// In a layer: `bytes · T · (3h + w)`, with `T` tokens, the residual stream, its normed copy and a layer's output, and
/// `w` the widest of what a layer holds at once: query, key, value and the attention's output; or gate, up and their
/// product; or the same of all experts of a token. While sampling: logits of each sequence as computed, in f32 and one
/// copy more, beside the hidden states.
///
/// Checked against vllm-project/vllm#10517 (Llama-3.1-8B): 2.07 GiB at 20,000 tokens, 2.99 GiB at 29,000.
final class StageActivations {
    private static final String SOURCE = "the widest layer at the largest step, or sampling, whichever is more";
    private static final int STREAMS = 3;

    private final ServingJob job;
    private final Shards shards;
    private final long hidden;
    private final long widest;
    private final long vocabulary;

    private StageActivations(ServingJob job, Shards shards, long hidden, long widest, long vocabulary) {
        this.job = job;
        this.shards = shards;
        this.hidden = hidden;
        this.widest = widest;
        this.vocabulary = vocabulary;
    }

    static Optional<MemoryLine> of(ServingJob job, Transformer stage, Shards shards) {
        long hidden = 0;
        long widest = 0;
        long vocabulary = 0;
        for (Part part : stage.parts()) {
            for (LayerRun run : part.runs()) {
                Block block = run.block();
                if (part.tokens() == Axis.SEQUENCE && StageSlices.isLayer(block)) {
                    hidden = Math.max(hidden, block.inputs().getFirst().shape().fixedElements());
                    widest = Math.max(widest, width(block, shards));
                }
                vocabulary = Math.max(vocabulary, vocabulary(block));
            }
        }
        StageActivations counted = new StageActivations(job, shards, hidden, widest, vocabulary);
        return switch (job.engine().activations()) {
            case NOT_COUNTED -> Optional.empty();
            case LARGER_PHASE -> Optional.of(counted.larger(counted.layers(1), counted.sampling()));
            case TWO_LAYERS -> Optional.of(counted.larger(counted.layers(2), counted.sampling()));
            case ONE_BUFFER -> Optional.of(counted.larger(counted.buffer(), counted.bufferOfLogits()));
        };
    }

    private MemoryLine larger(Breakdown one, Breakdown other) {
        Breakdown peak = one.total().compareTo(other.total()) >= 0 ? one : other;
        return new MemoryLine(MemoryLine.Kind.ACTIVATIONS, peak.name(), peak, SOURCE, Provenance.ASSUMED);
    }

    private Breakdown layers(long count) {
        String name = count == 1 ? "activations of a layer" : "activations of " + count + " layers";
        RecordingTally tally = new RecordingTally(name);
        tally.leaf(name)
                .times("L", count)
                .times("bytes", job.model().activations().blockBytes())
                .times("tokens", job.batchedTokens())
                .timesSum("(3 x h + widest)", STREAMS, hidden, widest);
        return tally.breakdown();
    }

    private Breakdown sampling() {
        RecordingTally tally = new RecordingTally("logits and hidden states");
        long type = job.model().activations().blockBytes();
        if (vocabulary > 0) {
            tally.leaf("logits")
                    .times("sequences", Math.min(job.batchedTokens(), job.stepSequences()))
                    .times("V", shards.vocabulary(vocabulary))
                    .timesSum("(bytes + f32 twice)", 1, type, 2L * DataType.F32.blockBytes());
            tally.leaf("hidden states")
                    .times("bytes", type)
                    .times("tokens", job.batchedTokens())
                    .times("h", hidden);
        }
        return tally.breakdown();
    }

    private Breakdown buffer() {
        RecordingTally tally = new RecordingTally("compute buffer");
        tally.leaf("a layer")
                .times("bytes", DataType.F32.blockBytes())
                .times("tokens", job.batchedTokens())
                .timesSum("(2 x h + widest)", 2, hidden, widest);
        return tally.breakdown();
    }

    /// llama.cpp logs 258.50 MiB for Llama-3-8B: 4 x 512 x (4,096 + 128,256).
    private Breakdown bufferOfLogits() {
        RecordingTally tally = new RecordingTally("compute buffer");
        if (vocabulary > 0) {
            tally.leaf("logits")
                    .times("bytes", DataType.F32.blockBytes())
                    .times("tokens", job.batchedTokens())
                    .timesSum("(h + V)", 1, hidden, vocabulary);
        }
        return tally.breakdown();
    }

    private static long vocabulary(Block block) {
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear
                    && linear.role() == Role.HEAD
                    && linear.outputs().has(Axis.VOCABULARY)) {
                return linear.outputs().fixedElements();
            }
        }
        return 0;
    }

    /// What one token holds at once in a layer, in elements.
    private static long width(Block block, Shards shards) {
        long attention = 0;
        long inner = 0;
        long product = 0;
        long recurrence = 0;
        long experts = 0;
        long expertProduct = 0;
        long routed = 0;
        for (Operator operator : block.operators()) {
            long output = shards.share(operator.output().shape()).fixedElements();
            if (operator instanceof Operator.GroupedLinear grouped) {
                Shape shape = shards.shareOfExperts(grouped.output().shape());
                routed = Math.max(routed, output);
                if (shape.has(Axis.FEED_FORWARD)) {
                    experts += shape.fixedElements();
                    expertProduct = Math.max(expertProduct, shape.fixedElements());
                }
            } else if (operator instanceof Operator.Attention || isProjectionOfAttention(operator)) {
                attention += output;
            } else if (operator instanceof Operator.Linear linear
                    && linear.outputs().has(Axis.FEED_FORWARD)) {
                inner += output;
                product = Math.max(product, output);
            } else if (operator.role() == Role.RECURRENCE_PROJECTION) {
                recurrence += output;
            }
        }
        long ofExperts = Math.ceilDiv(
                Math.max(experts, routed) + expertProduct, shards.layout().expert());
        return Math.max(Math.max(attention, recurrence), Math.max(inner + product, ofExperts));
    }

    private static boolean isProjectionOfAttention(Operator operator) {
        return operator instanceof Operator.Linear
                && (operator.role() == Role.QUERY_KEY_VALUE || operator.role() == Role.LATENT_UP_PROJECTION);
    }
}
