package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Parameter;
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
import java.util.OptionalLong;

/// How many trained numbers a model has, each tensor once, tied ones once.
///
/// The logical count: layers that predict further tokens are left out ([#nextTokensPrediction()] has them), a router's
/// load-balancing corrections are in ([#corrections()] has them); scales and buffers of files are no parameters.
public final class ParameterCount {
    private static final Basis BASIS =
            new Basis("parameters", "product of each tensor's dimensions, each tensor once", Provenance.EXACT);

    private final Transformer model;
    private final List<BlockRuns> runs;
    private final List<ReadTensor> tensors;
    private final long total;
    private final long active;
    private final long routed;
    private final long embedding;
    private final long matmul;
    private final long corrections;
    private final long nextTokensPrediction;

    private ParameterCount(Transformer model) {
        this.model = model;
        runs = BlockRuns.of(model);
        tensors = ReadTensor.of(runs);
        QuickTally all = new QuickTally();
        QuickTally chosen = new QuickTally();
        QuickTally experts = new QuickTally();
        QuickTally tables = new QuickTally();
        QuickTally matrices = new QuickTally();
        QuickTally steering = new QuickTally();
        QuickTally further = new QuickTally();
        QuickTally elements = new QuickTally();
        for (ReadTensor tensor : tensors) {
            elements.clear();
            tensor.count(elements);
            if (!tensor.run().isLogical()) {
                further.add(elements, 1);
                continue;
            }
            all.add(elements, 1);
            if (tensor.chosenExperts().isPresent()) {
                experts.add(elements, 1);
                tensor.countActive(chosen);
            } else {
                chosen.add(elements, 1);
            }
            tables.add(elements, tensor.isLookedUp() ? 1 : 0);
            matrices.add(elements, tensor.isMultiplied() ? 1 : 0);
            steering.add(elements, tensor.parameter().kind() == Parameter.Kind.CORRECTION ? 1 : 0);
        }
        String what = "the model's parameters";
        total = all.exact(what);
        active = chosen.exact(what);
        routed = experts.exact(what);
        embedding = tables.exact(what);
        matmul = matrices.exact(what);
        corrections = steering.exact(what);
        nextTokensPrediction = further.exact(what);
    }

    /// @throws dev.plimsoll.model.failure.InputException past 2^63 - 1 parameters
    public static ParameterCount of(Transformer model) {
        return new ParameterCount(model);
    }

    /// Every trained tensor once.
    public long total() {
        return total;
    }

    /// What one token passes: `total - routed + routed · e / E` with `e` of `E` experts. Tables count whole.
    public long active() {
        return active;
    }

    /// Parameters of the experts that routers choose from; shared experts are not among them.
    public long routed() {
        return routed;
    }

    /// Tables that are looked up: of tokens, positions, token types.
    public long embedding() {
        return embedding;
    }

    /// Weights that activations are multiplied by: of linear maps, experts and routers. A tied table counts, since the
    /// head multiplies by it; kernels, gains and biases do not.
    public long matmul() {
        return matmul;
    }

    /// Load-balancing corrections of routers: set by the training loop, and part of `total`.
    public long corrections() {
        return corrections;
    }

    /// Layers that predict further tokens, beyond `total`; what they share with the model is not counted again.
    public long nextTokensPrediction() {
        return nextTokensPrediction;
    }

    /// Whether the head multiplies by a table that is looked up too.
    boolean isTied() {
        return tensors.stream().anyMatch(tensor -> tensor.isLookedUp() && tensor.isMultiplied());
    }

    /// Each kind of block in execution order. Those of logical parts add up to `total`.
    public List<BlockParameters> blocks() {
        List<BlockParameters> blocks = new ArrayList<>();
        for (BlockRuns run : runs) {
            QuickTally all = new QuickTally();
            long ofEach = 0;
            long shared = 0;
            for (ReadTensor tensor : tensors) {
                if (tensor.run().number() == run.number()) {
                    tensor.count(all);
                    switch (tensor.parameter().sharing()) {
                        case EACH_LAYER -> ofEach += tensor.parameter().elements();
                        case WHOLE_MODEL -> shared += tensor.parameter().elements();
                    }
                }
            }
            boolean alone = run.layers() == 1 || ofEach == 0;
            blocks.add(new BlockParameters(
                    run.part().name(),
                    run.block().name(),
                    run.layers(),
                    alone ? ofEach + shared : ofEach,
                    all.exact(run.block().name())));
        }
        return blocks;
    }

    /// Each tensor in execution order.
    public List<TensorParameters> tensors() {
        return tensors.stream().map(TensorParameters::of).toList();
    }

    /// The total by blocks and tensors.
    public Breakdown breakdown() {
        return record("parameters", Experts.ALL);
    }

    /// The total, then each block's tensors; then the active parameters where they differ.
    public List<Explanation> explanations() {
        List<Explanation> lines = new ArrayList<>(breakdown().explainAll(BASIS));
        if (routed > 0) {
            Breakdown chosen = record("routed parameters of one token", Experts.CHOSEN);
            lines.add(new Explanation(
                    "active parameters",
                    "total - routed + routed x e / E",
                    total + " - " + routed + " + " + chosen.total(),
                    BigDecimal.valueOf(active),
                    BASIS));
            lines.addAll(chosen.explainAll(BASIS));
        }
        return lines;
    }

    /// `12·l·h·h` beside the parameters of the decoder's layers; empty without a decoder.
    public Optional<Comparison> textbook() {
        QuickTally tally = new QuickTally();
        for (ReadTensor tensor : tensors) {
            if (ClassicDecoder.isLayer(tensor.run())) {
                tensor.count(tally);
            }
        }
        BigDecimal walked = BigDecimal.valueOf(tally.exact("the layers' parameters"));
        return ClassicDecoder.of(model).map(sizes -> new Comparison(ClosedForms.layerParameters(sizes), walked));
    }

    private enum Experts {
        ALL,
        CHOSEN
    }

    private Breakdown record(String name, Experts experts) {
        RecordingTally tally = new RecordingTally(name);
        for (BlockRuns run : runs) {
            if (run.isLogical()) {
                tally.group(run.block().name());
                for (ReadTensor tensor : tensors) {
                    if (tensor.run().number() == run.number()) {
                        record(tensor, experts, tally);
                    }
                }
            }
        }
        return tally.breakdown();
    }

    private static void record(ReadTensor tensor, Experts experts, Tally tally) {
        OptionalLong chosen = tensor.chosenExperts();
        switch (experts) {
            case ALL -> tensor.count(tally);
            case CHOSEN -> {
                if (chosen.isPresent()) {
                    tensor.countActive(tally);
                }
            }
        }
    }
}
