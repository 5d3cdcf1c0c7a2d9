package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.TensorShare;
import dev.plimsoll.planner.cost.WeightBytes;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Factor;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The weights of one stage on one device, by groups of tensors.
final class StageWeights {
    private final ServingJob job;
    private final Shards shards;

    StageWeights(ServingJob job, Shards shards) {
        this.job = job;
        this.shards = shards;
    }

    /// @param stage the layers of the stage, a piece of the model
    /// @param hostExpertLayers first layers of the stage whose experts stay on the host
    List<MemoryLine> lines(ServedModel model, Transformer stage, long hostExpertLayers, String suffix) {
        Map<String, List<Breakdown>> groups = new LinkedHashMap<>();
        long layers = StageSlices.layers(model.transformer());
        long onHost = Math.clamp(hostExpertLayers, 0, StageSlices.layers(stage));
        Provenance provenance = model.provenance().and(model.format().provenance());
        for (WeightBytes bytes : bytes(model, stage, onHost, layers)) {
            for (Breakdown group : bytes.breakdown().children()) {
                groups.computeIfAbsent(group.name(), name -> new ArrayList<>()).addAll(group.children());
            }
        }
        List<MemoryLine> lines = new ArrayList<>();
        groups.forEach((name, tensors) -> lines.add(new MemoryLine(
                MemoryLine.Kind.WEIGHTS,
                name + suffix,
                Breakdown.sum(name + suffix, tensors),
                model.format().source(),
                provenance)));
        return model.held().isEmpty() ? lines : List.of(held(model, lines, suffix));
    }

    /// What files hold, shared out as the format's bytes are.
    private MemoryLine held(ServedModel model, List<MemoryLine> lines, String suffix) {
        long here = lines.stream().mapToLong(MemoryLine::bytes).sum();
        long all = WeightBytes.of(model.transformer(), model.format()).total().count();
        long files = model.held().orElseThrow().count();
        boolean isWhole = here == all;
        long bytes = isWhole
                ? files
                : BigInteger.valueOf(files)
                        .multiply(BigInteger.valueOf(here))
                        .divide(BigInteger.valueOf(Math.max(1, all)))
                        .longValueExact();
        return new MemoryLine(
                MemoryLine.Kind.WEIGHTS,
                "as the files hold them" + suffix,
                Breakdown.leaf("as the files hold them" + suffix, List.of(new Factor("bytes", bytes))),
                isWhole ? "the files' own sizes" : "the files' sizes, shared out as parameters are",
                isWhole ? model.provenance() : Provenance.ASSUMED);
    }

    private List<WeightBytes> bytes(ServedModel model, Transformer stage, long onHost, long layers) {
        if (onHost == 0) {
            return List.of(WeightBytes.of(stage, model.format(), share(layers, List.of())));
        }
        Transformer front = StageSlices.between(stage, 0, onHost, List.of(StageSlices.End.FRONT));
        Transformer back = StageSlices.between(stage, onHost, layers, List.of(StageSlices.End.BACK));
        return List.of(
                WeightBytes.of(front, model.format(), share(layers, List.of(Operator.GroupedLinear.class))),
                WeightBytes.of(back, model.format(), share(layers, List.of())));
    }

    /// @param onHost readers whose tensors stay in the host's memory
    private TensorShare share(long layers, List<Class<? extends Operator>> onHost) {
        return new TensorShare() {
            @Override
            public Optional<Parameter> of(Part part, Parameter whole, List<Operator> readers) {
                boolean isAway = readers.stream().anyMatch(reader -> onHost.contains(reader.getClass()));
                return isAway || staysOnHost(whole, readers)
                        ? Optional.empty()
                        : Optional.of(shards.share(part.kind(), whole, readers));
            }

            @Override
            public long layers(Part part) {
                return part.kind() == Part.Kind.TEXT_DECODER ? layers : TensorShare.super.layers(part);
            }
        };
    }

    private boolean staysOnHost(Parameter whole, List<Operator> readers) {
        return switch (job.engine().embedding()) {
            case DEVICE -> false;
            case HOST ->
                whole.shape().has(Axis.VOCABULARY)
                        && readers.stream().allMatch(reader -> reader instanceof Operator.Embedding);
        };
    }
}
