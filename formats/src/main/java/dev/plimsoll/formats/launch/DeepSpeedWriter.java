package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Writes what a DeepSpeed config can say of a run.
final class DeepSpeedWriter {
    private final LaunchPlan plan;
    private final List<String> members = new ArrayList<>();
    private final List<String> unsaid = new ArrayList<>();

    DeepSpeedWriter(LaunchPlan plan) {
        this.plan = plan;
    }

    LaunchText write() {
        Parallelism parallelism = plan.parallelism();
        long replicas = parallelism.data().degree();
        member("train_batch_size", plan.globalBatch());
        member("train_micro_batch_size_per_gpu", plan.microBatch());
        member("gradient_accumulation_steps", plan.globalBatch() / plan.microBatch() / replicas);
        zero(parallelism.data());
        if (parallelism.tensor().degree() > 1) {
            members.add("\"tensor_parallel\": {\"autotp_size\": "
                    + parallelism.tensor().degree() + "}");
        }
        if (parallelism.context().degree() > 1 && parallelism.context().exchange() == ContextExchange.ALL_TO_ALL) {
            member("sequence_parallel_size", parallelism.context().degree());
        }
        plan.method().precision().ifPresent(this::precision);
        plan.method().optimizer().ifPresent(this::optimizer);
        if (plan.method().offloaded().contains(Offloaded.ACTIVATIONS)) {
            members.add("\"activation_checkpointing\": {\"cpu_checkpointing\": true}");
        }
        leftToTheProgram(parallelism);
        return new LaunchText("{\n  " + String.join(",\n  ", members) + "\n}\n", unsaid);
    }

    private void member(String key, long value) {
        members.add("\"" + key + "\": " + value);
    }

    private void zero(DataParallel data) {
        List<String> zero = new ArrayList<>();
        zero.add("\"stage\": " + DeepSpeedReader.STAGES.indexOf(data.sharding()));
        if (data.sharding() != Sharding.NONE && data.shards() < data.degree()) {
            zero.add("\"mics_shard_size\": " + data.shards());
        }
        Set<Offloaded> offloaded = plan.method().offloaded();
        if (offloaded.contains(Offloaded.OPTIMIZER_STATES)) {
            zero.add("\"offload_optimizer\": {\"device\": \"cpu\"}");
        }
        if (offloaded.contains(Offloaded.WEIGHTS)) {
            zero.add("\"offload_param\": {\"device\": \"cpu\"}");
        }
        members.add("\"zero_optimization\": {" + String.join(", ", zero) + "}");
    }

    private void precision(LaunchPrecision precision) {
        if (precision.weights().equals(DataType.BF16)) {
            members.add("\"bf16\": {\"enabled\": true}");
        } else if (precision.weights().equals(DataType.F16)) {
            members.add("\"fp16\": {\"enabled\": true}");
        }
        if (!precision.gradients().equals(precision.weights())) {
            String name = precision.gradients().equals(DataType.F32)
                    ? "fp32"
                    : precision.gradients().equals(DataType.BF16) ? "bf16" : "fp16";
            members.add("\"data_types\": {\"grad_accum_dtype\": \"" + name + "\"}");
        }
        if (precision.products() == Products.EIGHT_BIT) {
            unsaid.add("linear maps in eight bits: the model's code");
        }
        boolean usual = precision.weights().equals(DataType.F32)
                || precision.masterWeights().isPresent();
        if (!usual || !precision.optimizerStates().equals(DataType.F32)) {
            unsaid.add("the data types of weights' copy and of states: DeepSpeed keeps both in f32");
        }
    }

    private void optimizer(String optimizer) {
        switch (optimizer) {
            case "adamw" -> members.add("\"optimizer\": {\"type\": \"AdamW\"}");
            case "adam" -> members.add("\"optimizer\": {\"type\": \"Adam\", \"params\": {\"adam_w_mode\": false}}");
            case "muon" -> members.add("\"optimizer\": {\"type\": \"Muon\"}");
            case "sgd" -> members.add("\"optimizer\": {\"type\": \"SGD\"}");
            default -> unsaid.add("the optimizer " + optimizer + ": give it to DeepSpeed as an object");
        }
    }

    private void leftToTheProgram(Parallelism parallelism) {
        unsaid.add("the model and sequences of " + plan.sequenceLength() + " tokens: the program's");
        unsaid.add(parallelism.devices() + " devices: the launcher's");
        if (parallelism.pipeline().degree() > 1) {
            unsaid.add("pipeline parallelism " + parallelism.pipeline().degree() + ": the program's PipelineModule");
        }
        if (parallelism.tensor().sequence() == SequenceSplit.SPLIT) {
            unsaid.add("sequence parallelism beside tensor parallelism");
        }
        if (parallelism.context().degree() > 1 && parallelism.context().exchange() == ContextExchange.RING) {
            unsaid.add("context parallelism in a ring");
        }
        if (parallelism.expert().degree() > 1) {
            unsaid.add("expert parallelism " + parallelism.expert().degree() + ": the model's MoE layers");
        }
        if (!plan.method().recomputation().equals(new Recomputes.Exactly(Recomputation.NONE))) {
            unsaid.add("recomputation: the model's code");
        }
    }
}
