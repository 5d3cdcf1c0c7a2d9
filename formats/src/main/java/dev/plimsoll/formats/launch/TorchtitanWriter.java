package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes a run as a TOML config of torchtitan, as it had them until February 2026.
final class TorchtitanWriter {
    private final LaunchPlan plan;
    private final StringBuilder text = new StringBuilder();
    private final List<String> unsaid = new ArrayList<>();

    TorchtitanWriter(LaunchPlan plan) {
        this.plan = plan;
    }

    LaunchText write() {
        model();
        training();
        optimizer();
        parallelism(plan.parallelism());
        recomputation(plan.method().recomputation());
        if (plan.profile().equals("torch-compile")) {
            table("compile");
            entry("enable", "true");
        }
        if (plan.method().dropout().isPresent()
                && !plan.method().dropout().get().equals(DropoutRates.NONE)) {
            unsaid.add("dropout: torchtitan has none");
        }
        if (plan.method().offloaded().contains(Offloaded.ACTIVATIONS)) {
            unsaid.add("activations in the host's memory");
        }
        unsaid.add(plan.parallelism().devices() + " devices: the launcher's");
        return new LaunchText(text.toString(), unsaid);
    }

    private void table(String name) {
        text.append(text.isEmpty() ? "" : "\n").append('[').append(name).append("]\n");
    }

    private void entry(String key, Object value) {
        text.append(key).append(" = ").append(value).append('\n');
    }

    private void model() {
        Optional<LaunchPrecision> precision = plan.method().precision();
        String foreign = switch (plan.model()) {
            case LaunchModel.Published(String name) -> TorchtitanModels.foreign(name);
            case LaunchModel.Foreign(String name) -> name;
            case LaunchModel.Unsaid _, LaunchModel.Shape _ -> "";
        };
        boolean eightBit = precision.isPresent() && precision.get().products() == Products.EIGHT_BIT;
        int blank = foreign.indexOf(' ');
        if (blank < 0) {
            unsaid.add("the model: add name and flavor under [model]");
        }
        if (blank >= 0 || eightBit) {
            table("model");
        }
        if (blank >= 0) {
            entry("name", '"' + foreign.substring(0, blank) + '"');
            entry("flavor", '"' + foreign.substring(blank + 1) + '"');
        }
        if (eightBit) {
            entry("converters", "[\"float8\"]");
        }
    }

    private void training() {
        table("training");
        boolean pipelined = plan.parallelism().pipeline().degree() > 1;
        long ofReplica = plan.globalBatch() / plan.parallelism().data().degree();
        entry("local_batch_size", pipelined ? ofReplica : plan.microBatch());
        entry("global_batch_size", plan.globalBatch());
        entry("seq_len", plan.sequenceLength());
        plan.method().precision().ifPresent(this::precision);
        Set<Offloaded> offloaded = plan.method().offloaded();
        if (offloaded.contains(Offloaded.WEIGHTS) && offloaded.contains(Offloaded.OPTIMIZER_STATES)) {
            entry("enable_cpu_offload", "true");
        } else if (offloaded.contains(Offloaded.WEIGHTS) || offloaded.contains(Offloaded.OPTIMIZER_STATES)) {
            unsaid.add("weights or states alone in the host's memory: torchtitan keeps both there or neither");
        }
    }

    private void precision(LaunchPrecision precision) {
        LaunchPrecision plain = precision.withProducts(Products.AS_WEIGHTS);
        if (plain.equals(LaunchPrecision.FULL)) {
            entry("mixed_precision_param", "\"float32\"");
        } else if (plain.weights().equals(DataType.BF16)
                && plain.masterWeights().isEmpty()) {
            entry("dtype", "\"bfloat16\"");
        } else if (!plain.equals(LaunchPrecision.mixed(DataType.BF16, DataType.F32))) {
            unsaid.add("these data types: torchtitan has bf16 over f32, pure bf16 and f32");
        }
    }

    private void optimizer() {
        switch (plan.method().optimizer().orElse("adamw")) {
            case "adamw" -> optimizer("AdamW");
            case "adam" -> optimizer("Adam");
            case "muon" -> optimizer("Muon");
            default -> unsaid.add("the optimizer: torchtitan has Adam, AdamW and Muon");
        }
    }

    private void optimizer(String name) {
        table("optimizer");
        entry("name", '"' + name + '"');
    }

    private void parallelism(Parallelism parallelism) {
        table("parallelism");
        data(parallelism.data());
        entry("tensor_parallel_degree", parallelism.tensor().degree());
        entry("context_parallel_degree", parallelism.context().degree());
        if (parallelism.context().exchange() == ContextExchange.ALL_TO_ALL) {
            unsaid.add("tokens exchanged for heads: torchtitan gathers keys and values");
        }
        entry("expert_parallel_degree", parallelism.expert().degree());
        entry("expert_tensor_parallel_degree", parallelism.expert().tensorDegree());
        entry("pipeline_parallel_degree", parallelism.pipeline().degree());
        if (parallelism.pipeline().degree() > 1) {
            pipeline(parallelism.pipeline());
        }
    }

    private void data(DataParallel data) {
        boolean sharded = data.sharding() == Sharding.WEIGHTS || data.sharding() == Sharding.GRADIENTS;
        int shards = sharded ? data.shards() : 1;
        entry("data_parallel_replicate_degree", data.degree() / shards);
        entry("data_parallel_shard_degree", shards);
        if (data.sharding() == Sharding.GRADIENTS) {
            entry("fsdp_reshard_after_forward", "\"never\"");
        } else if (data.sharding() == Sharding.OPTIMIZER) {
            unsaid.add("optimizer states alone dealt out: torchtitan deals out weights, or nothing");
        }
    }

    private void pipeline(PipelineParallel pipeline) {
        entry("pipeline_parallel_microbatch_size", plan.microBatch());
        String schedule = switch (pipeline.schedule()) {
            case GPIPE -> "GPipe";
            case ONE_FORWARD_ONE_BACKWARD -> pipeline.chunks() > 1 ? "Interleaved1F1B" : "1F1B";
            case ZERO_BUBBLE -> "InterleavedZeroBubble";
        };
        entry("pipeline_parallel_schedule", '"' + schedule + '"');
        int pieces = pipeline.degree() * pipeline.chunks();
        List<Integer> layers = pipeline.layers();
        if (layers.isEmpty() && plan.layers() % pieces == 0) {
            layers = Collections.nCopies(pieces, (int) (plan.layers() / pieces));
        }
        entry("module_fqns_per_model_part", parts(layers));
    }

    /// Which modules stand on each chunk, by torchtitan's names.
    private static String parts(List<Integer> layers) {
        List<String> parts = new ArrayList<>();
        int next = 0;
        for (int chunk = 0; chunk < layers.size(); chunk++) {
            List<String> modules = new ArrayList<>();
            if (chunk == 0) {
                modules.add("\"tok_embeddings\"");
            }
            for (int i = 0; i < layers.get(chunk); i++) {
                modules.add("\"layers." + next++ + '"');
            }
            if (chunk == layers.size() - 1) {
                modules.addAll(List.of("\"norm\"", "\"output\""));
            }
            parts.add("  [" + String.join(", ", modules) + "]");
        }
        return "[\n" + String.join(",\n", parts) + "\n]";
    }

    private void recomputation(Recomputes recomputes) {
        table("activation_checkpoint");
        switch (recomputes) {
            case Recomputes.Unsaid() -> unsaid.add("recomputation: not known");
            case Recomputes.FrameworksSelection() -> recomputation("selective", "op");
            case Recomputes.Exactly(Recomputation pieces) -> pieces(pieces);
        }
    }

    private void recomputation(String mode, String option) {
        entry("mode", '"' + mode + '"');
        entry("selective_ac_option", '"' + option + '"');
    }

    private void pieces(Recomputation recomputation) {
        Set<Piece> pieces = EnumSet.noneOf(Piece.class);
        pieces.addAll(recomputation.what());
        // What compiled kernels run again needs no entry.
        pieces.remove(Piece.GATE);
        if (pieces.isEmpty()) {
            entry("mode", "\"none\"");
        } else if (pieces.contains(Piece.OTHER_PRODUCTS)) {
            recomputation("selective", "op");
        } else if (pieces.equals(Set.of(Piece.LAYER)) && recomputation.layers() instanceof LayerPattern.Every(long n)) {
            entry("mode", n == 1 ? "\"full\"" : "\"selective\"");
            if (n > 1) {
                entry("selective_ac_option", "\"" + n + '"');
            }
        } else {
            entry("mode", "\"none\"");
            unsaid.add("this recomputation: torchtitan has full, every n layers and its own selection");
        }
    }
}
