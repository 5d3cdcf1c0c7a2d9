package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.launch.LaunchLayout.Shards;
import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Reads a DeepSpeed config. It holds no model, no length and no pipeline: the launching program does.
///
/// Source of keys and defaults: deepspeedai/DeepSpeed, `runtime/config.py`, `runtime/zero/config.py` and
/// `runtime/tensor_parallel/config.py`, of August 2026.
final class DeepSpeedReader {
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("scheduler", "the course of learning: changes neither memory nor time of a step"),
            Map.entry("optimizer", "the course of learning: changes neither memory nor time of a step"),
            Map.entry("gradient_clipping", "changes neither memory nor time of a step by much"),
            Map.entry("steps_per_print", "logging"),
            Map.entry("wall_clock_breakdown", "logging"),
            Map.entry("tensorboard", "logging"),
            Map.entry("wandb", "logging"),
            Map.entry("flops_profiler", "logging"),
            Map.entry("checkpoint", "checkpoints: not part of a step"),
            Map.entry("fp16", "scaling of the loss: changes neither memory nor time of a step"),
            Map.entry(
                    "activation_checkpointing",
                    "how recomputed layers keep their inputs; which, the model's code says"),
            Map.entry("zero_optimization", "sizes of buffers, which the profile sets"));

    /// By ZeRO's number.
    static final List<Sharding> STAGES =
            List.of(Sharding.NONE, Sharding.OPTIMIZER, Sharding.GRADIENTS, Sharding.WEIGHTS);

    private final LaunchNotes notes;
    private final LaunchTree tree;

    private DeepSpeedReader(LaunchNotes notes, LaunchTree tree) {
        this.notes = notes;
        this.tree = tree;
    }

    /// @throws InputException when a value cannot be, or when the three batch sizes contradict each other
    static LaunchImport read(String name, JsonObject root) {
        LaunchNotes notes = new LaunchNotes(name);
        LaunchTree tree = new LaunchTree(root, notes);
        LaunchSettings settings = new DeepSpeedReader(notes, tree).settings();
        tree.ignoreRest(REASONS);
        return notes.of(settings);
    }

    private LaunchSettings settings() {
        Sharding sharding = sharding();
        int tensor = degree("tensor_parallel.autotp_size", "tensor parallelism");
        int context = degree("sequence_parallel_size", "sequence parallelism (Ulysses): heads for tokens");
        LaunchBatch batch = batch();
        LaunchLayout layout = new LaunchLayout(
                new TensorParallel(tensor, SequenceSplit.WHOLE),
                new ContextParallel(context, context > 1 ? ContextExchange.ALL_TO_ALL : ContextExchange.RING),
                Parallelism.NONE.expert(),
                Parallelism.NONE.pipeline(),
                sharding,
                shards(),
                devices(batch, (long) tensor * context));
        return new LaunchSettings(
                LaunchFramework.DEEPSPEED, "deepspeed", new LaunchModel.Unsaid(), layout, batch, method());
    }

    private Sharding sharding() {
        long stage = tree.whole("zero_optimization.stage", 0, "what replicas deal out")
                .orElse(0);
        if (stage > 3) {
            throw notes.invalid("zero_optimization.stage", Long.toString(stage), "0, 1, 2 or 3");
        }
        return STAGES.get((int) stage);
    }

    private int degree(String path, String meaning) {
        long degree = tree.whole(path, 0, meaning).orElse(1);
        if (degree > 1 << 20) {
            throw notes.invalid(path, Long.toString(degree), "at most " + (1 << 20));
        }
        return (int) Math.max(1, degree);
    }

    private Shards shards() {
        long size = tree.whole("zero_optimization.mics_shard_size", -1, "replicas that deal out together")
                .orElse(-1);
        if (size > Integer.MAX_VALUE) {
            throw notes.invalid("zero_optimization.mics_shard_size", Long.toString(size), "a number of devices");
        }
        return size < 1 ? new Shards.All() : new Shards.Size((int) size);
    }

    private LaunchBatch batch() {
        OptionalLong global = tree.count("train_batch_size", "sequences of a step");
        OptionalLong micro = tree.count("train_micro_batch_size_per_gpu", "sequences of a micro-batch");
        OptionalLong accumulation = tree.count("gradient_accumulation_steps", "micro-batches of a step");
        if (!divides(micro, global) || !divides(accumulation, global)) {
            throw contradiction(global, micro, accumulation);
        }
        return new LaunchBatch(global, micro, accumulation, OptionalLong.empty(), OptionalLong.empty());
    }

    private static boolean divides(OptionalLong part, OptionalLong whole) {
        return part.isEmpty() || whole.isEmpty() || whole.getAsLong() % part.getAsLong() == 0;
    }

    /// `train_batch_size = micro-batch · accumulation · replicas`, so three of them tell the fourth.
    private OptionalLong devices(LaunchBatch batch, long ofReplica) {
        OptionalLong global = batch.globalBatch();
        OptionalLong micro = batch.microBatch();
        OptionalLong accumulation = batch.accumulation();
        if (global.isEmpty() || micro.isEmpty() || accumulation.isEmpty()) {
            return OptionalLong.empty();
        }
        long ofReplicaSequences = Math.multiplyHigh(micro.getAsLong(), accumulation.getAsLong()) != 0
                ? Long.MAX_VALUE
                : micro.getAsLong() * accumulation.getAsLong();
        if (ofReplicaSequences < 1 || global.getAsLong() % ofReplicaSequences != 0) {
            throw contradiction(global, micro, accumulation);
        }
        long replicas = global.getAsLong() / ofReplicaSequences;
        return replicas > 1 << 24 ? OptionalLong.empty() : OptionalLong.of(replicas * ofReplica);
    }

    private InputException contradiction(OptionalLong global, OptionalLong micro, OptionalLong accumulation) {
        return notes.contradiction(
                "train_batch_size " + global.getAsLong() + ", train_micro_batch_size_per_gpu "
                        + (micro.isPresent() ? micro.getAsLong() : "not given") + " and gradient_accumulation_steps "
                        + (accumulation.isPresent() ? accumulation.getAsLong() : "not given"),
                "the first to be the product of the others and the number of replicas");
    }

    private LaunchMethod method() {
        return new LaunchMethod(
                new Recomputes.Unsaid(), Optional.of(precision()), optimizer(), Optional.empty(), offloaded());
    }

    private LaunchPrecision precision() {
        boolean brain = tree.isOn("bf16.enabled", "weights and activations in bf16");
        boolean half = tree.isOn("fp16.enabled", "weights and activations in f16");
        if (brain && half) {
            throw notes.contradiction("bf16.enabled beside fp16.enabled", "one of them");
        }
        Optional<String> summed = tree.text("data_types.grad_accum_dtype", "gradients as they are added up");
        if (!brain && !half) {
            return LaunchPrecision.FULL;
        }
        DataType weights = brain ? DataType.BF16 : DataType.F16;
        // DeepSpeed adds up in the type of the weights, unless told otherwise.
        return LaunchPrecision.mixed(weights, summed.map(this::type).orElse(weights));
    }

    private DataType type(String text) {
        return switch (text) {
            case "fp32" -> DataType.F32;
            case "bf16" -> DataType.BF16;
            case "fp16" -> DataType.F16;
            default -> throw notes.invalid("data_types.grad_accum_dtype", text, "fp32, bf16 or fp16");
        };
    }

    private Optional<String> optimizer() {
        boolean decayApart = tree.truth("optimizer.params.adam_w_mode", "Adam with weights decayed apart")
                .orElse(true);
        return tree.text("optimizer.type", "the optimizer").flatMap(type -> switch (type.toLowerCase(Locale.ROOT)) {
            case "adam", "deepspeedcpuadam", "fusedadam" -> Optional.of(decayApart ? "adamw" : "adam");
            case "adamw" -> Optional.of("adamw");
            case "muon" -> Optional.of("muon");
            case "sgd" -> Optional.of("sgd");
            default -> {
                notes.ignored("optimizer.type", type, "not modelled");
                yield Optional.empty();
            }
        });
    }

    private Set<Offloaded> offloaded() {
        Set<Offloaded> offloaded = EnumSet.noneOf(Offloaded.class);
        if (isOffloaded("zero_optimization.offload_optimizer.device", "where the optimizer's states are kept")
                || tree.isOn("zero_optimization.cpu_offload", "the optimizer's states are kept in the host")) {
            offloaded.add(Offloaded.OPTIMIZER_STATES);
        }
        if (isOffloaded("zero_optimization.offload_param.device", "where weights are kept")) {
            offloaded.add(Offloaded.WEIGHTS);
        }
        if (tree.isOn("activation_checkpointing.cpu_checkpointing", "kept inputs of layers are kept in the host")) {
            offloaded.add(Offloaded.ACTIVATIONS);
        }
        return offloaded;
    }

    private boolean isOffloaded(String path, String meaning) {
        Optional<String> device = tree.text(path, meaning);
        if (device.isPresent() && !Set.of("none", "cpu", "nvme").contains(device.get())) {
            throw notes.invalid(path, device.get(), "none, cpu or nvme");
        }
        return device.isPresent() && !device.get().equals("none");
    }
}
