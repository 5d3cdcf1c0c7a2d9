package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.RecordingTally;
import dev.plimsoll.planner.result.Tally;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Bytes of a model's weights as loaded in a format: every logical parameter once, with the scales the format adds.
///
/// Rows are padded to whole blocks. Layers that predict further tokens, file headers and alignment are not counted.
public final class WeightBytes {
    private final WeightFormat format;
    private final List<ReadTensor> tensors;
    private final GgufMixture.Traits traits;

    private WeightBytes(WeightFormat format, List<ReadTensor> tensors, GgufMixture.Traits traits) {
        this.format = format;
        this.tensors = tensors;
        this.traits = traits;
    }

    public static WeightBytes of(Transformer model, WeightFormat format) {
        List<BlockRuns> runs = BlockRuns.of(model);
        List<ReadTensor> tensors = ReadTensor.of(runs).stream()
                .filter(tensor -> tensor.run().isLogical())
                .toList();
        return new WeightBytes(format, tensors, traits(runs));
    }

    /// The bytes of one group of tensors.
    ///
    /// @param parameters how many elements the group has
    public record Group(TensorGroup group, long parameters, Bytes bytes) {}

    public WeightFormat format() {
        return format;
    }

    public Provenance provenance() {
        return format.provenance();
    }

    public Bytes total() {
        QuickTally tally = new QuickTally();
        tensors.forEach(tensor -> count(tensor, tally));
        return new Bytes(tally.exact("the weights"));
    }

    /// The total by groups; those without tensors are left out.
    public List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (TensorGroup group : TensorGroup.values()) {
            QuickTally bytes = new QuickTally();
            QuickTally elements = new QuickTally();
            for (ReadTensor tensor : tensors) {
                if (TensorGroup.of(tensor) == group) {
                    count(tensor, bytes);
                    tensor.count(elements);
                }
            }
            long parameters = elements.exact(group.words());
            if (parameters > 0) {
                groups.add(new Group(group, parameters, new Bytes(bytes.exact(group.words()))));
            }
        }
        return groups;
    }

    /// The total by groups and tensors.
    public Breakdown breakdown() {
        RecordingTally tally = new RecordingTally("weight bytes");
        for (TensorGroup group : TensorGroup.values()) {
            tally.group(group.words());
            for (ReadTensor tensor : tensors) {
                if (TensorGroup.of(tensor) == group) {
                    count(tensor, tally);
                }
            }
        }
        return tally.breakdown();
    }

    public List<Explanation> explanations() {
        return breakdown().explainAll(new Basis("B", format.source(), provenance()));
    }

    private void count(ReadTensor tensor, Tally tally) {
        TensorGroup group = TensorGroup.of(tensor);
        switch (format.rule()) {
            case WeightFormat.Rule.Plain(DataType dataType) -> plain(tensor, dataType, tally);
            case WeightFormat.Rule.Matrices(MatrixScheme scheme, DataType rest) -> {
                if (group == TensorGroup.MATRICES || group == TensorGroup.EXPERTS) {
                    matrix(tensor, tensor.copies(), scheme, tally);
                } else {
                    plain(tensor, rest, tally);
                }
            }
            case WeightFormat.Rule.ExpertsOnly(MatrixScheme scheme, DataType rest) -> {
                if (group == TensorGroup.EXPERTS) {
                    matrix(tensor, tensor.copies(), scheme, tally);
                } else {
                    plain(tensor, rest, tally);
                }
            }
            case WeightFormat.Rule.Gguf(GgufMixture mixture) -> gguf(tensor, group, mixture, tally);
        }
    }

    private static void plain(ReadTensor tensor, DataType dataType, Tally tally) {
        if (dataType.blockElements() == 1) {
            tensor.count(tally);
            tally.times("bytes", dataType.blockBytes());
        } else {
            matrix(tensor, tensor.copies(), new MatrixScheme.Rows(dataType, 0), tally);
        }
    }

    /// Experts are matrices stacked in one tensor; a vector is one row.
    private static void matrix(ReadTensor tensor, long copies, MatrixScheme scheme, Tally tally) {
        List<Long> dimensions = tensor.parameter().fileDimensions();
        int rank = dimensions.size();
        long inputs = dimensions.getLast();
        long outputs = rank > 1 ? dimensions.get(rank - 2) : 1;
        long stacked = rank > 2 ? dimensions.getFirst() : 1;
        scheme.count(tensor.parameter().name(), copies * stacked, outputs, inputs, tally);
    }

    private void gguf(ReadTensor tensor, TensorGroup group, GgufMixture mixture, Tally tally) {
        switch (group) {
            case SMALL, ROUTERS -> plain(tensor, DataType.F32, tally);
            case TOWERS -> plain(tensor, DataType.F16, tally);
            case EMBEDDING, HEAD -> {
                if (tensor.parameter().shape().has(Axis.VOCABULARY)) {
                    // A tied table is held as the head would be.
                    GgufMixture.Place place = tensor.isMultiplied() ? GgufMixture.Place.HEAD : GgufMixture.Place.OTHER;
                    matrix(tensor, 1, new MatrixScheme.Rows(type(tensor, mixture, place, 0, 1), 0), tally);
                } else {
                    plain(tensor, DataType.F32, tally);
                }
            }
            case MATRICES, EXPERTS -> layers(tensor, mixture, tally);
        }
    }

    /// Each layer by its number, since a mixture treats the first and last ones better; equal types together.
    // The interned block is meant, not an equal one.
    @SuppressWarnings("ReferenceEquality")
    private void layers(ReadTensor tensor, GgufMixture mixture, Tally tally) {
        List<LayerRun> runs = tensor.run().part().runs();
        long layers = 0;
        for (LayerRun run : runs) {
            layers = Math.max(layers, run.first() + run.count());
        }
        GgufMixture.Place place = place(tensor);
        Map<DataType, Long> counts = new LinkedHashMap<>();
        for (LayerRun run : runs) {
            if (run.block() == tensor.run().block()) {
                long own = Math.min(run.count(), tensor.copies());
                for (long layer = run.first(); layer < run.first() + own; layer++) {
                    counts.merge(type(tensor, mixture, place, layer, layers), 1L, Long::sum);
                }
            }
        }
        counts.forEach((type, count) -> matrix(tensor, count, new MatrixScheme.Rows(type, 0), tally));
    }

    private DataType type(ReadTensor tensor, GgufMixture mixture, GgufMixture.Place place, long layer, long layers) {
        long row = tensor.parameter().fileDimensions().getLast();
        return mixture.type(new GgufMixture.Position(place, layer, layers), traits, row);
    }

    private static GgufMixture.Place place(ReadTensor tensor) {
        Operator reader = tensor.readers().getFirst();
        String name = reader.name();
        return switch (reader.role()) {
            case QUERY_KEY_VALUE ->
                name.endsWith(".value")
                        ? GgufMixture.Place.VALUE
                        : name.endsWith(".key") ? GgufMixture.Place.KEY : GgufMixture.Place.OTHER;
            case ATTENTION_OUTPUT -> GgufMixture.Place.ATTENTION_OUTPUT;
            case FEED_FORWARD, EXPERT, SHARED_EXPERT ->
                name.endsWith(".down") ? GgufMixture.Place.DOWN : GgufMixture.Place.OTHER;
            case EMBEDDING,
                    NORMALIZATION,
                    RESIDUAL,
                    LATENT_UP_PROJECTION,
                    POSITION,
                    CORE_ATTENTION,
                    INDEXER,
                    ROUTER,
                    RECURRENCE_PROJECTION,
                    RECURRENCE,
                    PROJECTOR,
                    POOLER,
                    HEAD -> GgufMixture.Place.OTHER;
        };
    }

    private static GgufMixture.Traits traits(List<BlockRuns> runs) {
        long queriesPerKey = 1;
        long experts = 1;
        for (BlockRuns run : runs) {
            for (Operator operator : run.block().operators()) {
                if (operator instanceof Operator.Attention attention) {
                    queriesPerKey = Math.max(queriesPerKey, heads(attention.query()) / heads(attention.key()));
                } else if (operator instanceof Operator.Router router) {
                    experts = Math.max(experts, router.routing().experts());
                }
            }
        }
        return new GgufMixture.Traits(queriesPerKey, experts);
    }

    private static long heads(Value value) {
        return value.shape().trailing(2).leading(1).elements(open -> 1);
    }
}
