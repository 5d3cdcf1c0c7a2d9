package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.framework.BufferRules.SpareGradients;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.Factor;
import dev.plimsoll.planner.training.TrainingJob;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/// A stage's bytes at its worst moment, each line with the factors it is made of.
public final class StageBreakdown {
    private final TrainingJob job;
    private final StageParts parts;
    private final StageMemory memory;
    private final StageRules rules;
    private final LayerSplit split;

    private StageBreakdown(TrainingJob job, StageParts parts) {
        this.job = job;
        this.parts = parts;
        this.memory = parts.memory();
        this.rules = StageRules.of(job);
        this.split = LayerSplit.of(job.parallelism());
    }

    /// @throws dev.plimsoll.model.failure.InputException listing every violation of the layout
    public static Breakdown of(TrainingJob job, int stage) {
        return new StageBreakdown(job, StageParts.of(job, stage)).breakdown();
    }

    /// One line for the whole and for each sum in it; then what is reserved over it, and what lies outside the allocator.
    public static List<Explanation> explanations(TrainingJob job, int stage) {
        StageParts parts = StageParts.of(job, stage);
        StageBreakdown whole = new StageBreakdown(job, parts);
        String source = "the model's operators and their backward pass, under "
                + job.method().framework().description();
        List<Explanation> lines =
                new ArrayList<>(whole.breakdown().explainAll(new Basis("B", source, parts.provenance())));
        lines.addAll(whole.outside());
        return lines;
    }

    private List<Explanation> outside() {
        Explanation reserved = new Explanation(
                "reserved",
                "allocated + pools of other streams + fragments",
                memory.allocated() + " + " + memory.pools() + " + " + memory.fragments(),
                BigDecimal.valueOf(memory.reserved()),
                new Basis(
                        "B",
                        "fragments of 3 % and 820 MiB: MooreThreads/SimuMax, reserved over allocated on B200",
                        Provenance.PUBLISHED));
        return List.of(
                reserved,
                assumed("context", memory.context(), "drivers take 0.5 to 1 GiB"),
                assumed("communication library", memory.communication(), "320 MiB for each kind of communication"));
    }

    private static Explanation assumed(String topic, long bytes, String why) {
        return new Explanation(
                topic,
                "bytes",
                Long.toString(bytes),
                BigDecimal.valueOf(bytes),
                new Basis("B", why, Provenance.ASSUMED));
    }

    private Breakdown breakdown() {
        boolean sharesGradients = rules.sharding().compareTo(Sharding.GRADIENTS) >= 0;
        boolean sharesStates = rules.sharding() != Sharding.NONE;
        return Breakdown.sum(
                "memory",
                List.of(
                        states("weights", memory.weights(), HeldParameters::weights, rules.dealsOutWeights()),
                        states("gradients", memory.gradients(), HeldParameters::gradients, sharesGradients),
                        states("master weights", memory.masterWeights(), HeldParameters::masterWeights, sharesStates),
                        states(
                                "optimizer states",
                                memory.optimizerStates(),
                                HeldParameters::optimizerStates,
                                sharesStates),
                        activations(),
                        logits(),
                        working(),
                        buffers()));
    }

    /// @param held what the stage holds of it; nothing where it lies on the host, or is not there at that moment
    private Breakdown states(String name, long held, ToLongFunction<HeldParameters> bytes, boolean shared) {
        List<Breakdown> leaves = new ArrayList<>();
        for (StageParts.Entry entry : parts.entries()) {
            LayerMemory kind = parts.memory(entry);
            String block = entry.block().name();
            leaf(block, entry.count(), kind.dense(), bytes, shared ? rules.shards() : 1, leaves);
            leaf(block + " experts", entry.count(), kind.experts(), bytes, shared ? rules.expertShards() : 1, leaves);
        }
        return Breakdown.sum(name, held == 0 ? List.of() : leaves);
    }

    private static void leaf(
            String name,
            long count,
            HeldParameters held,
            ToLongFunction<HeldParameters> bytes,
            long shards,
            List<Breakdown> leaves) {
        long whole = bytes.applyAsLong(held);
        if (whole == 0) {
            return;
        }
        List<Factor> factors = new ArrayList<>();
        boolean even = whole % held.parameters() == 0;
        long all = Math.multiplyExact(count, whole);
        if (shards == 1) {
            factors.add(new Factor("blocks", count));
            if (even) {
                factors.add(new Factor("parameters", held.parameters()));
                factors.add(new Factor("bytes", whole / held.parameters()));
            } else {
                factors.add(new Factor("bytes", whole));
            }
        } else if (all % shards == 0) {
            String number = even
                    ? "(" + count + " x " + held.parameters() + " x " + whole / held.parameters() + " / " + shards + ")"
                    : "(" + all + " / " + shards + ")";
            String symbol = even ? "(blocks x parameters x bytes / shards)" : "(bytes / shards)";
            factors.add(new Factor(symbol, number, all / shards));
        } else {
            factors.add(new Factor("the largest share of " + shards, Math.ceilDiv(all, shards)));
        }
        leaves.add(Breakdown.leaf(name, factors));
    }

    private Breakdown activations() {
        List<Breakdown> blocks = new ArrayList<>();
        long described = 0;
        for (StageParts.Entry entry : parts.entries()) {
            LayerMemory kind = parts.memory(entry);
            described += kind.saved() * entry.inFlight();
            List<Breakdown> tensors = new ArrayList<>();
            if (kind.saved() > 0) {
                for (SavedTensor tensor : entry.layer().saved()) {
                    if (tensor.isThere(split)) {
                        List<Factor> factors = new ArrayList<>();
                        factors.add(new Factor("blocks in flight", entry.inFlight()));
                        factors.addAll(tensor.factors(split, entry.layer().sizes(job.batch())));
                        tensors.add(Breakdown.leaf(tensor.name(), factors));
                    }
                }
            }
            if (kind.deferred() * entry.deferred() > 0) {
                described += kind.deferred() * entry.deferred();
                tensors.add(Breakdown.leaf(
                        "inputs of gradients put off",
                        List.of(new Factor("blocks", entry.deferred()), new Factor("bytes", kind.deferred()))));
            }
            if (!tensors.isEmpty()) {
                blocks.add(Breakdown.sum(entry.block().name(), tensors));
            }
        }
        if (described == memory.activations()) {
            return Breakdown.sum("activations", blocks);
        }
        return memory.activations() == 0
                ? Breakdown.sum("activations", List.of())
                : Breakdown.sum("activations", List.of(single("two layers on the device", memory.activations())));
    }

    private Breakdown logits() {
        List<Breakdown> leaves = new ArrayList<>();
        for (StageParts.Entry entry : parts.entries()) {
            entry.layer()
                    .head()
                    .filter(head -> memory.logits() > 0)
                    .ifPresent(head -> leaves.add(Breakdown.leaf(
                            "logits",
                            head.logits(split).factors(split, entry.layer().sizes(job.batch())))));
        }
        return Breakdown.sum("logits and loss", leaves);
    }

    private Breakdown working() {
        String name = switch (memory.moment()) {
            case LOSS -> "the head's inputs and their gradients";
            case BACKWARD -> "gradients of activations, and what is run again";
            case REDUCTION -> "nothing";
            case STEP -> "what the optimizer's step takes";
        };
        return Breakdown.sum("working", memory.working() == 0 ? List.of() : List.of(single(name, memory.working())));
    }

    private Breakdown buffers() {
        List<Breakdown> leaves = new ArrayList<>();
        long left = memory.buffers();
        Set<Long> shapes = new LinkedHashSet<>();
        if (rules.buffers().spareGradients() == SpareGradients.ONE_A_SHAPE) {
            for (StageParts.Entry entry : parts.entries()) {
                for (long shape : parts.memory(entry).products()) {
                    shapes.add(shape);
                }
            }
        }
        for (long shape : shapes) {
            left -= ProductShapes.elements(shape) * rules.activationBytes();
            leaves.add(Breakdown.leaf(
                    "spare gradient",
                    List.of(
                            new Factor("rows", shape >>> Integer.SIZE),
                            new Factor("columns", shape & 0xFFFF_FFFFL),
                            new Factor("bytes", rules.activationBytes()))));
        }
        long fixed = rules.buffers().fixed().count();
        if (fixed > 0) {
            left -= fixed;
            leaves.add(single("the framework's own", fixed));
        }
        if (left > 0) {
            leaves.add(single("gathered weights, gradients not yet dealt out", left));
        }
        return Breakdown.sum("buffers", leaves);
    }

    private static Breakdown single(String name, long bytes) {
        return Breakdown.leaf(name, List.of(new Factor("bytes", bytes)));
    }
}
