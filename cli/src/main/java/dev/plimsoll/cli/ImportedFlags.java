package dev.plimsoll.cli;

import dev.plimsoll.formats.launch.LaunchBatch;
import dev.plimsoll.formats.launch.LaunchFramework;
import dev.plimsoll.formats.launch.LaunchLayout;
import dev.plimsoll.formats.launch.LaunchLayout.Shards;
import dev.plimsoll.formats.launch.LaunchMethod;
import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchModel;
import dev.plimsoll.formats.launch.LaunchPrecision;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.formats.launch.LaunchSettings;
import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.formats.model.MegatronShape.Choice;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// What a launch file says, as flags of `plimsoll train`.
final class ImportedFlags {
    private final LaunchSettings settings;
    private final List<Flag> flags = new ArrayList<>();

    /// @param value empty for a switch
    record Flag(String name, String value) {
        List<String> words() {
            return value.isEmpty() ? List.of(name) : List.of(name, value);
        }
    }

    private ImportedFlags(LaunchSettings settings) {
        this.settings = settings;
    }

    static List<Flag> of(LaunchSettings settings) {
        ImportedFlags imported = new ImportedFlags(settings);
        if (settings.model() instanceof LaunchModel.Shape(MegatronShape sizes)) {
            imported.shape(sizes);
        }
        imported.layout(settings.layout());
        imported.batch(settings.batch());
        imported.add("--framework", settings.profile());
        imported.method(settings.method());
        return imported.flags;
    }

    private void add(String name, String value) {
        flags.add(new Flag(name, value));
    }

    private void add(String name, long value) {
        add(name, Long.toString(value));
    }

    private void add(String name, OptionalLong value) {
        value.ifPresent(known -> add(name, known));
    }

    private void addIf(Choice wanted, String name) {
        if (wanted == Choice.YES) {
            add(name, "");
        }
    }

    private void shape(MegatronShape shape) {
        add("--num-layers", shape.layers());
        add("--hidden-size", shape.hiddenSize());
        add("--ffn-hidden-size", shape.feedForwardSize());
        add("--num-attention-heads", shape.attentionHeads());
        add("--num-query-groups", shape.keyValueHeads());
        add("--kv-channels", shape.headSize());
        add("--max-position-embeddings", shape.maxPositions());
        add("--vocab-size", shape.vocabulary());
        add("--make-vocab-size-divisible-by", shape.vocabularyMultiple());
        add("--normalization", shape.switches().normalization());
        add("--position-embedding-type", shape.switches().positions());
        addIf(shape.switches().gated(), "--swiglu");
        addIf(not(shape.switches().biases()), "--disable-bias-linear");
        addIf(not(shape.switches().tiedHead()), "--untie-embeddings-and-output-weights");
    }

    private static Choice not(Choice choice) {
        return choice == Choice.YES ? Choice.NO : Choice.YES;
    }

    private void layout(LaunchLayout layout) {
        add("--tp", layout.tensor().degree());
        if (layout.tensor().degree() > 1) {
            add(
                    layout.tensor().sequence() == SequenceSplit.SPLIT
                            ? "--sequence-parallel"
                            : "--no-sequence-parallel",
                    "");
        }
        add("--pp", layout.pipeline().degree());
        add("--vpp", layout.pipeline().chunks());
        if (!layout.pipeline().layers().isEmpty()) {
            add(
                    "--pipeline-layers",
                    layout.pipeline().layers().stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        add("--schedule", LayoutFlags.word(layout.pipeline().schedule()));
        add("--cp", layout.context().degree());
        add("--cp-comm-type", layout.context().exchange() == ContextExchange.RING ? "p2p" : "a2a");
        add("--ep", layout.expert().degree());
        // Megatron-LM's own default is that of --tp; a shape by flags has no experts.
        if (!(settings.model() instanceof LaunchModel.Shape)) {
            add("--etp", layout.expert().tensorDegree());
        }
        add("--zero", layout.sharding().zero());
        if (layout.devices().isPresent()) {
            long replicas = Math.max(1, layout.devices().getAsLong() / layout.devicesOfReplica());
            add("--dp", replicas);
            switch (layout.shards()) {
                case Shards.All() -> {}
                case Shards.Groups(int groups) -> add("--shards", Math.max(1, replicas / groups));
                case Shards.Size(int size) -> add("--shards", size);
            }
        } else if (layout.shards() instanceof Shards.Size(int size)) {
            add("--shards", size);
        }
    }

    private void batch(LaunchBatch batch) {
        add("--micro-batch-size", batch.microBatch());
        if (batch.globalBatch().isPresent()) {
            add("--global-batch-size", batch.globalBatch());
        } else {
            add("--gradient-accumulation-steps", batch.accumulation());
        }
        add("--seq-length", batch.sequenceLength());
        add("--steps", batch.steps());
    }

    private void method(LaunchMethod method) {
        switch (method.recomputation()) {
            case Recomputes.Unsaid() -> {}
            case Recomputes.FrameworksSelection() -> add("--recompute", "selective");
            case Recomputes.Exactly(Recomputation pieces) -> add("--recompute", RecomputeWords.print(pieces));
        }
        method.precision().ifPresent(this::precision);
        method.optimizer().ifPresent(optimizer -> add("--optimizer", optimizer));
        method.dropout().ifPresent(rates -> {
            add("--hidden-dropout", Double.toString(rates.residual()));
            add("--attention-dropout", Double.toString(rates.attention()));
        });
        if (!method.offloaded().isEmpty()) {
            add(
                    "--offload",
                    method.offloaded().stream()
                            .sorted()
                            .map(ImportedFlags::word)
                            .collect(Collectors.joining(",")));
        }
    }

    private static String word(Offloaded offloaded) {
        return switch (offloaded) {
            case OPTIMIZER_STATES -> "optimizer";
            case WEIGHTS -> "weights";
            case ACTIVATIONS -> "activations";
        };
    }

    /// FSDP's own recipe says of itself how weights are held beside their gathered form.
    private void precision(LaunchPrecision precision) {
        add("--precision", word(precision.weights()));
        if (precision.products() == Products.EIGHT_BIT) {
            add("--fp8-format", "hybrid");
        }
        if (settings.framework() == LaunchFramework.TORCHTITAN
                || precision.weights().equals(DataType.F32)) {
            return;
        }
        add("--main-grads-dtype", word(precision.gradients()));
        add(
                "--main-params-dtype",
                precision.masterWeights().map(ImportedFlags::word).orElse("none"));
        add("--exp-avg-dtype", word(precision.optimizerStates()));
    }

    private static String word(DataType type) {
        return type.equals(DataType.F32) ? "fp32" : type.equals(DataType.F16) ? "fp16" : "bf16";
    }
}
