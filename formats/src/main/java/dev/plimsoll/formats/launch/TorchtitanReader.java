package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.launch.LaunchLayout.Shards;
import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Reads a TOML config of torchtitan, as it had them until February 2026, with the places that keys had before.
///
/// Source of keys and defaults: pytorch/torchtitan, `torchtitan/config/job_config.py` of February 2026 and
/// `config_manager.py` of February 2025.
final class TorchtitanReader {
    private static final long MOST_DEVICES = 1 << 24;
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("job", "where results are written"),
            Map.entry("profiling", "logging"),
            Map.entry("metrics", "logging"),
            Map.entry("checkpoint", "checkpoints: not part of a step"),
            Map.entry("validation", "not part of a step"),
            Map.entry("comm", "time-outs"),
            Map.entry("lr_scheduler", "the course of learning: changes neither memory nor time of a step"),
            Map.entry("optimizer", "the course of learning: changes neither memory nor time of a step"),
            Map.entry("training", "data and the course of learning: changes neither memory nor time of a step"));

    private final LaunchNotes notes;
    private final LaunchTree tree;

    private TorchtitanReader(LaunchNotes notes, LaunchTree tree) {
        this.notes = notes;
        this.tree = tree;
    }

    /// @throws InputException when a value cannot be, or when two contradict each other
    static LaunchImport read(String name, JsonObject root) {
        LaunchNotes notes = new LaunchNotes(name);
        LaunchTree tree = new LaunchTree(root, notes);
        LaunchSettings settings = new TorchtitanReader(notes, tree).settings();
        tree.ignoreRest(REASONS);
        return notes.of(settings);
    }

    private LaunchSettings settings() {
        boolean compiled = tree.isOn("compile.enable", "layers are compiled")
                || tree.isOn("training.compile", "layers are compiled");
        LaunchLayout layout = layout();
        return new LaunchSettings(
                LaunchFramework.TORCHTITAN,
                compiled ? "torch-compile" : "fsdp",
                model(),
                layout,
                batch(layout),
                method());
    }

    private LaunchModel model() {
        Optional<String> name = tree.text("model.name", "the model");
        Optional<String> flavor = tree.text("model.flavor", "its size");
        if (name.isEmpty() || flavor.isEmpty()) {
            return new LaunchModel.Unsaid();
        }
        return TorchtitanModels.of(name.get(), flavor.get());
    }

    private LaunchLayout layout() {
        int tensor = degree("tensor_parallel_degree", "tensor parallelism", 1);
        boolean wholeLoss = tree.isOn("parallelism.disable_loss_parallel", "the loss is not split");
        if (wholeLoss) {
            notes.ignored("parallelism.disable_loss_parallel", "true", "not modelled: the loss is taken as split");
        }
        int replicate = degree("data_parallel_replicate_degree", "groups that hold a whole copy", 1);
        long shards = degree("data_parallel_shard_degree", "replicas that deal out weights", -1);
        int context = degree("context_parallel_degree", "context parallelism", 1);
        Optional<String> rotates = text("context_parallel_rotate_method", "how context-parallel ranks attend");
        if (rotates.isPresent() && !Set.of("allgather", "alltoall").contains(rotates.get())) {
            throw notes.invalid("context_parallel_rotate_method", rotates.get(), "allgather or alltoall");
        }
        int expert = degree("expert_parallel_degree", "expert parallelism", 1);
        int expertTensor = degree("expert_tensor_parallel_degree", "expert tensor parallelism", 1);
        LaunchLayout layout = new LaunchLayout(
                new TensorParallel(tensor, tensor > 1 ? SequenceSplit.SPLIT : SequenceSplit.WHOLE),
                new ContextParallel(context, ContextExchange.RING),
                new ExpertParallel(expert, expertTensor),
                new TorchtitanPipeline(tree, notes).read(degree("pipeline_parallel_degree", "pipeline parallelism", 1)),
                sharding(shards),
                shards == 1 || replicate == 1 ? new Shards.All() : new Shards.Groups(replicate),
                OptionalLong.empty());
        return shards == -1
                ? layout
                : layout.withDevices(
                        Math.multiplyExact(layout.devicesOfReplica(), Math.multiplyExact(replicate, shards)));
    }

    private Sharding sharding(long shards) {
        String reshard = text("fsdp_reshard_after_forward", "whether gathered weights are let go")
                .orElse("default");
        return switch (reshard) {
            case "default", "always" -> shards == 1 ? Sharding.NONE : Sharding.WEIGHTS;
            case "never" -> shards == 1 ? Sharding.NONE : Sharding.GRADIENTS;
            default -> throw notes.invalid("fsdp_reshard_after_forward", reshard, "default, always or never");
        };
    }

    private LaunchBatch batch(LaunchLayout layout) {
        OptionalLong local = first(
                tree.count("training.local_batch_size", "sequences of a replica"),
                tree.count("training.batch_size", "sequences of a replica"));
        OptionalLong global = tree.whole("training.global_batch_size", -1, "sequences of a step");
        OptionalLong length = tree.count("training.seq_len", "tokens of a sequence");
        OptionalLong piece = first(
                tree.count("parallelism.pipeline_parallel_microbatch_size", "sequences of a micro-batch"),
                OptionalLong.empty());
        long ofReplica = local.orElse(8);
        boolean pipelined = layout.pipeline().degree() > 1;
        long micro = pipelined ? microBatch(piece, ofReplica) : ofReplica;
        if (ofReplica % micro != 0) {
            throw notes.contradiction("a local batch of " + ofReplica + " and micro-batches of " + micro, "a multiple");
        }
        boolean said = global.isPresent() && global.getAsLong() > 0;
        if (said && layout.devices().isPresent()) {
            long atOnce = Math.multiplyExact(ofReplica, layout.devices().getAsLong() / layout.devicesOfReplica());
            if (global.getAsLong() % atOnce != 0) {
                throw notes.contradiction(
                        "a global batch of " + global.getAsLong() + " and " + atOnce
                                + " sequences at once (local batch times replicas)",
                        "a multiple");
            }
        }
        return new LaunchBatch(
                said ? global : OptionalLong.empty(),
                OptionalLong.of(micro),
                said ? OptionalLong.empty() : OptionalLong.of(ofReplica / micro),
                OptionalLong.of(length.orElse(2048)),
                tree.count("training.steps", "steps"));
    }

    /// The older key gave their number.
    private long microBatch(OptionalLong piece, long ofReplica) {
        OptionalLong number = tree.count("experimental.pipeline_parallel_microbatches", "micro-batches of a step");
        if (number.isEmpty()) {
            return piece.orElse(1);
        }
        if (ofReplica % number.getAsLong() != 0) {
            throw notes.contradiction(
                    "a batch of " + ofReplica + " and " + number.getAsLong() + " micro-batches", "a multiple");
        }
        return ofReplica / number.getAsLong();
    }

    private LaunchMethod method() {
        return new LaunchMethod(
                recomputation(),
                Optional.of(precision()),
                optimizer(),
                Optional.of(DropoutRates.NONE),
                tree.isOn("training.enable_cpu_offload", "weights and states are kept in the host")
                        ? Set.of(Offloaded.OPTIMIZER_STATES, Offloaded.WEIGHTS)
                        : Set.of());
    }

    private Recomputes recomputation() {
        String mode = tree.text("activation_checkpoint.mode", "recomputation").orElse("selective");
        String option = tree.text("activation_checkpoint.selective_ac_option", "which layers are recomputed")
                .orElse("2");
        return switch (mode) {
            case "none" -> new Recomputes.Exactly(Recomputation.NONE);
            case "full" -> new Recomputes.Exactly(Recomputation.everywhere(Piece.LAYER));
            case "selective" -> selective(option);
            default -> throw notes.invalid("activation_checkpoint.mode", mode, "none, selective or full");
        };
    }

    private Recomputes selective(String option) {
        if (option.equals("op")) {
            return new Recomputes.FrameworksSelection();
        }
        if (!option.matches("[1-9][0-9]{0,5}")) {
            throw notes.invalid("activation_checkpoint.selective_ac_option", option, "op or a whole number");
        }
        return new Recomputes.Exactly(
                new Recomputation(Set.of(Piece.LAYER), new LayerPattern.Every(Long.parseLong(option))));
    }

    private LaunchPrecision precision() {
        String dtype =
                tree.text("training.dtype", "weights, gradients and states").orElse("float32");
        String mixed = tree.text("training.mixed_precision_param", "weights that are multiplied with")
                .orElse("bfloat16");
        tree.text("training.mixed_precision_reduce", "gradients as they are added up");
        List<String> converters = tree.texts("model.converters", "what replaces linear maps");
        boolean old = tree.isOn("float8.enable_float8_linear", "linear maps in eight bits");
        Products products = old || converters.stream().anyMatch(name -> name.contains("float8") || name.equals("mx"))
                ? Products.EIGHT_BIT
                : Products.AS_WEIGHTS;
        DataType held = type("training.dtype", dtype);
        DataType multiplied = type("training.mixed_precision_param", mixed);
        if (held.equals(DataType.BF16)) {
            return new LaunchPrecision(DataType.BF16, DataType.BF16, Optional.empty(), DataType.BF16, products);
        }
        LaunchPrecision precision = multiplied.equals(DataType.F32)
                ? LaunchPrecision.FULL
                : LaunchPrecision.mixed(multiplied, DataType.F32);
        return precision.withProducts(products);
    }

    private DataType type(String path, String text) {
        return switch (text) {
            case "float32" -> DataType.F32;
            case "bfloat16" -> DataType.BF16;
            default -> throw notes.invalid(path, text, "bfloat16 or float32");
        };
    }

    private Optional<String> optimizer() {
        String name = tree.text("optimizer.name", "the optimizer").orElse("AdamW");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "adam" -> Optional.of("adam");
            case "adamw" -> Optional.of("adamw");
            case "muon" -> Optional.of("muon");
            default -> throw notes.invalid("optimizer.name", name, "Adam, AdamW or Muon");
        };
    }

    /// A degree, which stood under `training` or `experimental` before it stood under `parallelism`.
    private int degree(String key, String meaning, long usual) {
        OptionalLong found = OptionalLong.empty();
        List<String> paths = new ArrayList<>(List.of("parallelism." + key, "training." + key, "experimental." + key));
        for (String path : paths) {
            found = first(found, tree.whole(path, -1, meaning));
        }
        long degree = found.orElse(usual);
        if (degree == 0 || (degree == -1 && usual != -1) || degree > MOST_DEVICES) {
            throw notes.invalid(key, Long.toString(degree), "a whole number of at least 1");
        }
        return (int) degree;
    }

    private Optional<String> text(String key, String meaning) {
        Optional<String> now = tree.text("parallelism." + key, meaning);
        Optional<String> before = tree.text("training." + key, meaning);
        Optional<String> earlier = tree.text("experimental." + key, meaning);
        return now.or(() -> before).or(() -> earlier);
    }

    private static OptionalLong first(OptionalLong one, OptionalLong other) {
        return one.isPresent() ? one : other;
    }
}
