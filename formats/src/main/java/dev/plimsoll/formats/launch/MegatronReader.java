package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.LaunchLayout.Shards;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads the command line of a Megatron-LM run, with its defaults, from a shell script or a single line.
///
/// Source of names, defaults and refusals: NVIDIA/Megatron-LM, `megatron/training/arguments.py`, of August 2026.
final class MegatronReader {
    private final LaunchNotes notes;
    private final MegatronValues values;

    private MegatronReader(LaunchNotes notes, MegatronValues values) {
        this.notes = notes;
        this.values = values;
    }

    /// @throws InputException when there are no flags of Megatron's, or when two of them contradict each other
    static LaunchImport read(String name, String text) {
        LaunchNotes notes = new LaunchNotes(name);
        MegatronCommand command = MegatronCommand.find(name, ShellScript.read(name, text), notes);
        MegatronReader reader = new MegatronReader(notes, new MegatronValues(command, notes));
        LaunchSettings settings = reader.settings();
        command.rest()
                .forEach((usualName, given) ->
                        notes.ignored(given.written(), given.text(), MegatronFlags.reason(usualName)));
        return notes.of(settings);
    }

    private LaunchSettings settings() {
        OptionalLong layers = values.count("--num-layers", "layers");
        LaunchLayout layout = layout(layers);
        LaunchBatch batch = batch(layout);
        boolean local = values.text("--transformer-impl", "how layers are run").equals(Optional.of("local"));
        return new LaunchSettings(
                LaunchFramework.MEGATRON,
                local ? "megatron" : "megatron-te",
                MegatronModel.read(values, layers),
                layout,
                batch,
                new MegatronMethod(values, notes).read(dropout()));
    }

    private DropoutRates dropout() {
        double hidden = values.rate("--hidden-dropout", 0.1);
        return new DropoutRates(hidden, values.rate("--attention-dropout", 0.1), hidden);
    }

    private LaunchLayout layout(OptionalLong layers) {
        int tensor = values.degree("--tensor-model-parallel-size", "tensor parallelism");
        boolean split = values.isOn("--sequence-parallel", "sequence parallelism") && tensor > 1;
        int expertTensor = Math.toIntExact(values.count("--expert-tensor-parallel-size", "expert tensor parallelism")
                .orElse(tensor));
        LaunchLayout layout = new LaunchLayout(
                new TensorParallel(tensor, split ? SequenceSplit.SPLIT : SequenceSplit.WHOLE),
                new ContextParallel(values.degree("--context-parallel-size", "context parallelism"), exchange()),
                new ExpertParallel(values.degree("--expert-model-parallel-size", "expert parallelism"), expertTensor),
                pipeline(layers),
                sharding(),
                groups(),
                OptionalLong.empty());
        return withDevices(layout);
    }

    private ContextExchange exchange() {
        Optional<String> kind = values.text("--cp-comm-type", "how context-parallel ranks attend");
        if (kind.isEmpty() || kind.get().equals("p2p")) {
            return ContextExchange.RING;
        }
        if (kind.get().equals("a2a")) {
            return ContextExchange.ALL_TO_ALL;
        }
        notes.ignored("--cp-comm-type", kind.get(), "not modelled: p2p is taken");
        return ContextExchange.RING;
    }

    private PipelineParallel pipeline(OptionalLong layers) {
        int degree = values.degree("--pipeline-model-parallel-size", "pipeline parallelism");
        OptionalLong perStage = values.count("--num-layers-per-virtual-pipeline-stage", "layers of a chunk");
        OptionalLong chunks = values.count("--num-virtual-stages-per-pipeline-rank", "chunks of a stage");
        OptionalLong first = values.count("--decoder-first-pipeline-num-layers", "layers of the first stage");
        OptionalLong last = values.count("--decoder-last-pipeline-num-layers", "layers of the last stage");
        Optional<String> whole = values.text("--pipeline-model-parallel-layout", "what stands on each chunk, in order");
        if (whole.isPresent()) {
            if (perStage.isPresent() || chunks.isPresent() || first.isPresent() || last.isPresent()) {
                throw notes.contradiction(
                        "--pipeline-model-parallel-layout beside another way to cut the pipeline", "one of them");
            }
            List<Integer> stages = MegatronStages.layout(notes, whole.get(), degree);
            return new PipelineParallel(
                    degree, stages.size() / degree, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, stages);
        }
        if (perStage.isPresent() && (chunks.isPresent() || first.isPresent() || last.isPresent())) {
            throw notes.contradiction(
                    "--num-layers-per-virtual-pipeline-stage beside another way to cut the pipeline", "one of them");
        }
        int pieces = Math.toIntExact(
                perStage.isPresent() ? chunksOf(perStage.getAsLong(), degree, layers) : chunks.orElse(1));
        List<Integer> uneven = first.isPresent() || last.isPresent()
                ? MegatronStages.uneven(notes, layers, degree, pieces, first, last)
                : List.of();
        return new PipelineParallel(degree, pieces, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, uneven);
    }

    private long chunksOf(long perChunk, int degree, OptionalLong layers) {
        if (layers.isEmpty()) {
            throw notes.contradiction("layers of a chunk without --num-layers", "both");
        }
        if (layers.getAsLong() % (degree * perChunk) != 0) {
            throw notes.contradiction(
                    layers.getAsLong() + " layers, " + degree + " stages and chunks of " + perChunk + " layers",
                    "chunks and stages that divide the layers");
        }
        return layers.getAsLong() / degree / perChunk;
    }

    private Sharding sharding() {
        boolean distributed = values.isOn("--use-distributed-optimizer", "the optimizer's states are dealt out");
        boolean torch = values.isOn("--use-torch-fsdp2", "weights, gradients and states are dealt out");
        boolean megatron = values.isOn("--use-megatron-fsdp", "Megatron's own FSDP");
        boolean keeps = values.isOn("--torch-fsdp2-no-reshard-after-forward", "gathered weights are kept");
        Optional<String> strategy = values.text("--data-parallel-sharding-strategy", "what FSDP deals out");
        if (torch && (distributed || megatron)) {
            throw notes.contradiction(
                    "--use-torch-fsdp2 beside --use-distributed-optimizer or --use-megatron-fsdp", "one of them");
        }
        if (torch) {
            return keeps ? Sharding.GRADIENTS : Sharding.WEIGHTS;
        }
        if (megatron) {
            return switch (strategy.orElse("optim_grads_params")) {
                case "no_shard" -> Sharding.NONE;
                case "optim" -> Sharding.OPTIMIZER;
                case "optim_grads" -> Sharding.GRADIENTS;
                case "optim_grads_params" -> Sharding.WEIGHTS;
                default ->
                    throw notes.invalid(
                            "--data-parallel-sharding-strategy",
                            strategy.orElse(""),
                            "no_shard, optim, optim_grads or optim_grads_params");
            };
        }
        return distributed ? Sharding.OPTIMIZER : Sharding.NONE;
    }

    private Shards groups() {
        int groups = values.degree("--num-distributed-optimizer-instances", "groups over which states are dealt out");
        return groups == 1 ? new Shards.All() : new Shards.Groups(groups);
    }

    /// With the launcher's devices, where they can hold the layout: in many scripts they are a place to be filled in.
    private LaunchLayout withDevices(LaunchLayout layout) {
        OptionalLong perNode = values.count("--nproc-per-node", "devices of a node");
        OptionalLong nodes = values.count("--nnodes", "nodes");
        if (perNode.isEmpty()) {
            return layout;
        }
        long devices = Math.multiplyExact(perNode.getAsLong(), nodes.orElse(1));
        long ofExperts = (long) layout.expert().degree() * layout.expert().tensorDegree();
        if (devices % layout.devicesOfReplica() != 0
                || devices / layout.pipeline().degree() % ofExperts != 0) {
            notes.ignored(
                    "--nproc-per-node, --nnodes",
                    Long.toString(devices),
                    "the layout's " + layout.devicesOfReplica() + " devices of a replica, and its " + ofExperts
                            + " of a set of experts in a stage, do not divide them");
            return layout;
        }
        return layout.withDevices(devices);
    }

    private LaunchBatch batch(LaunchLayout layout) {
        OptionalLong micro = values.count("--micro-batch-size", "sequences of a micro-batch");
        OptionalLong global = values.count("--global-batch-size", "sequences of a step");
        OptionalLong steps = values.count("--train-iters", "steps");
        OptionalLong sequences = values.count("--train-samples", "sequences of the run");
        if (steps.isPresent() && sequences.isPresent()) {
            throw notes.contradiction("--train-iters beside --train-samples", "one of them");
        }
        if (layout.devices().isPresent() && micro.isPresent() && global.isPresent()) {
            long atOnce =
                    Math.multiplyExact(micro.getAsLong(), layout.devices().getAsLong() / layout.devicesOfReplica());
            if (global.getAsLong() % atOnce != 0) {
                throw notes.contradiction(
                        "a global batch of " + global.getAsLong() + " and " + atOnce
                                + " sequences at once (micro-batch times replicas)",
                        "a multiple");
            }
        }
        if (sequences.isPresent() && global.isPresent()) {
            steps = OptionalLong.of(sequences.getAsLong() / global.getAsLong());
        }
        return new LaunchBatch(
                global, micro, OptionalLong.empty(), values.count("--seq-length", "tokens of a sequence"), steps);
    }
}
