package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.formats.model.MegatronShape.Choice;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Writes a run as flags of Megatron-LM, one a line, joined by backslashes.
final class MegatronWriter {
    private final LaunchPlan plan;
    private final List<String> flags = new ArrayList<>();
    private final List<String> unsaid = new ArrayList<>();

    MegatronWriter(LaunchPlan plan) {
        this.plan = plan;
    }

    LaunchText write() {
        model();
        layout(plan.parallelism());
        data(plan.parallelism().data());
        flag("--micro-batch-size", plan.microBatch());
        flag("--global-batch-size", plan.globalBatch());
        flag("--seq-length", plan.sequenceLength());
        recomputation(plan.method().recomputation());
        plan.method().precision().ifPresent(this::precision);
        plan.method().optimizer().ifPresent(this::optimizer);
        plan.method().dropout().ifPresent(this::dropout);
        offload(plan.method().offloaded());
        if (plan.profile().equals("megatron")) {
            flag("--transformer-impl", "local");
        }
        return new LaunchText(String.join(" \\\n", flags) + "\n", unsaid);
    }

    private void flag(String name) {
        flags.add(name);
    }

    private void flag(String name, Object value) {
        flags.add(name + " " + value);
    }

    private void model() {
        if (!(plan.model() instanceof LaunchModel.Shape(MegatronShape shape))) {
            unsaid.add("the model: add its flags, such as --num-layers and --hidden-size");
            return;
        }
        flag("--num-layers", shape.layers());
        flag("--hidden-size", shape.hiddenSize());
        shape.feedForwardSize().ifPresent(size -> flag("--ffn-hidden-size", size));
        flag("--num-attention-heads", shape.attentionHeads());
        shape.keyValueHeads().ifPresent(groups -> {
            flag("--group-query-attention");
            flag("--num-query-groups", groups);
        });
        shape.headSize().ifPresent(size -> flag("--kv-channels", size));
        flag("--max-position-embeddings", shape.maxPositions());
        flag("--vocab-size", shape.vocabulary());
        flag("--make-vocab-size-divisible-by", shape.vocabularyMultiple());
        flag("--normalization", shape.switches().normalization());
        flag("--position-embedding-type", shape.switches().positions());
        onIf(shape.switches().gated() == Choice.YES, "--swiglu");
        onIf(shape.switches().biases() == Choice.NO, "--disable-bias-linear");
        onIf(shape.switches().tiedHead() == Choice.NO, "--untie-embeddings-and-output-weights");
    }

    private void onIf(boolean wanted, String name) {
        if (wanted) {
            flag(name);
        }
    }

    private void layout(Parallelism parallelism) {
        flag("--tensor-model-parallel-size", parallelism.tensor().degree());
        onIf(parallelism.tensor().sequence() == SequenceSplit.SPLIT, "--sequence-parallel");
        pipeline(parallelism.pipeline());
        flag("--context-parallel-size", parallelism.context().degree());
        onIf(parallelism.context().exchange() == ContextExchange.ALL_TO_ALL, "--cp-comm-type a2a");
        flag("--expert-model-parallel-size", parallelism.expert().degree());
        flag("--expert-tensor-parallel-size", parallelism.expert().tensorDegree());
        unsaid.add(parallelism.devices() + " devices: the launcher's");
    }

    private void pipeline(PipelineParallel pipeline) {
        flag("--pipeline-model-parallel-size", pipeline.degree());
        if (!pipeline.layers().isEmpty()) {
            flag("--pipeline-model-parallel-layout", '"' + MegatronStages.text(pipeline.layers()) + '"');
        } else if (pipeline.chunks() > 1) {
            flag("--num-virtual-stages-per-pipeline-rank", pipeline.chunks());
        }
        if (pipeline.schedule() != PipelineSchedule.ONE_FORWARD_ONE_BACKWARD) {
            unsaid.add("the schedule " + pipeline.schedule() + ": Megatron-LM runs one forward, one backward");
        }
    }

    private void data(DataParallel data) {
        switch (data.sharding()) {
            case NONE -> {}
            case OPTIMIZER -> flag("--use-distributed-optimizer");
            case GRADIENTS -> fullySharded("optim_grads");
            case WEIGHTS -> fullySharded("optim_grads_params");
        }
        if (data.sharding() != Parallelism.Sharding.NONE && data.shards() < data.degree()) {
            flag("--num-distributed-optimizer-instances", data.degree() / data.shards());
        }
    }

    private void fullySharded(String strategy) {
        flag("--use-distributed-optimizer");
        flag("--use-megatron-fsdp");
        flag("--data-parallel-sharding-strategy", strategy);
    }

    private void recomputation(Recomputes recomputes) {
        switch (recomputes) {
            case Recomputes.Unsaid() -> unsaid.add("recomputation: not known");
            case Recomputes.FrameworksSelection() -> unsaid.add("another framework's selective recomputation");
            case Recomputes.Exactly(Recomputation pieces) -> pieces(pieces);
        }
    }

    private void pieces(Recomputation recomputation) {
        // What fused kernels run again needs no flag.
        Set<Piece> pieces = EnumSet.noneOf(Piece.class);
        pieces.addAll(recomputation.what());
        pieces.remove(Piece.GATE);
        if (pieces.remove(Piece.OTHER_PRODUCTS)) {
            unsaid.add("every second product run again: torchtitan's selection");
        }
        if (pieces.contains(Piece.LAYER)) {
            switch (recomputation.layers()) {
                case LayerPattern.Every(long step) when step == 1 -> full("uniform", 1);
                case LayerPattern.First(long count) -> full("block", count);
                case LayerPattern.Every(long step) ->
                    unsaid.add("recomputation of every " + step + "th layer: Megatron-LM counts from the first");
            }
        } else if (!pieces.isEmpty()) {
            flag("--recompute-granularity", "selective");
            flag(
                    "--recompute-modules",
                    String.join(" ", pieces.stream().map(this::module).toList()).strip());
        }
    }

    private void full(String method, long layers) {
        flag("--recompute-granularity", "full");
        flag("--recompute-method", method);
        flag("--recompute-num-layers", layers);
    }

    private String module(Piece piece) {
        return switch (piece) {
            case NORMALIZATION -> "layernorm";
            case ACTIVATION -> "moe_act";
            case CORE_ATTENTION -> "core_attn";
            case LATENT_UP_PROJECTION -> "mla_up_proj";
            case FEED_FORWARD -> "mlp moe";
            case GATE, OTHER_PRODUCTS, LAYER -> throw new IllegalStateException("no module of its own: " + piece);
        };
    }

    private void precision(LaunchPrecision precision) {
        if (precision.weights().equals(DataType.BF16)) {
            flag("--bf16");
            onIf(precision.gradients().equals(DataType.BF16), "--grad-reduce-in-bf16");
        } else if (precision.weights().equals(DataType.F16)) {
            flag("--fp16");
            onIf(precision.gradients().equals(DataType.F32), "--accumulate-allreduce-grads-in-fp32");
        }
        if (!precision.optimizerStates().equals(DataType.F32)) {
            flag("--use-precision-aware-optimizer");
            flag("--exp-avg-dtype", name(precision.optimizerStates()));
            flag("--exp-avg-sq-dtype", name(precision.optimizerStates()));
        }
        onIf(precision.products() == Products.EIGHT_BIT, "--fp8-format hybrid");
        if (precision.masterWeights().isEmpty() && !precision.weights().equals(DataType.F32)) {
            unsaid.add("weights without an f32 copy: Megatron-LM keeps one");
        }
    }

    private static String name(DataType type) {
        return type.equals(DataType.BF16) ? "bf16" : type.equals(DataType.F16) ? "fp16" : "fp8";
    }

    private void optimizer(String optimizer) {
        switch (optimizer) {
            case "adamw" -> flag("--optimizer", "adam");
            case "momentum" -> flag("--optimizer", "sgd");
            case "muon" -> flag("--optimizer", "muon");
            default -> unsaid.add("the optimizer " + optimizer + ": Megatron-LM has adam, sgd and muon");
        }
    }

    private void dropout(DropoutRates rates) {
        flag("--hidden-dropout", rates.residual());
        flag("--attention-dropout", rates.attention());
    }

    private void offload(Set<Offloaded> offloaded) {
        onIf(offloaded.contains(Offloaded.OPTIMIZER_STATES), "--optimizer-cpu-offload");
        onIf(offloaded.contains(Offloaded.ACTIVATIONS), "--cpu-offloading");
        if (offloaded.contains(Offloaded.WEIGHTS)) {
            unsaid.add("weights in the host's memory");
        }
    }
}
