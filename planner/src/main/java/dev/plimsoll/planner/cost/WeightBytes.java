package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.Conversion.Piece;
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
import java.util.Optional;

/// Bytes of a model's weights as loaded in a format: every logical parameter once, with the scales the format adds.
///
/// Rows are padded to whole blocks. A router's correction is held in f32 even where the format is narrower. Layers that predict further tokens, file headers, texts that describe a packing and alignment are not counted.
public final class WeightBytes {
    private final WeightFormat format;
    private final List<Piece> pieces;
    private final String converted;
    private final GgufMixture.Traits traits;
    private final TensorShare share;

    private WeightBytes(
            WeightFormat format, List<Piece> pieces, String converted, GgufMixture.Traits traits, TensorShare share) {
        this.format = format;
        this.pieces = pieces;
        this.converted = converted;
        this.traits = traits;
        this.share = share;
    }

    public static WeightBytes of(Transformer model, WeightFormat format) {
        return of(model, format, TensorShare.WHOLE);
    }

    /// The same of what one device holds.
    public static WeightBytes of(Transformer model, WeightFormat format, TensorShare share) {
        List<BlockRuns> runs = BlockRuns.of(model);
        List<ReadTensor> tensors = ReadTensor.of(runs).stream()
                .filter(tensor -> tensor.run().isLogical())
                .flatMap(
                        tensor -> share
                                .of(tensor.run().part(), tensor.parameter(), tensor.readers())
                                .map(tensor::withParameter)
                                .stream())
                .toList();
        return switch (format.rule()) {
            case WeightFormat.Rule.Converted rule -> {
                Conversion conversion = new Conversion(rule, tensors);
                List<Piece> pieces =
                        tensors.stream().flatMap(conversion::pieces).toList();
                yield new WeightBytes(format, pieces, conversion.words(), traits(runs), share);
            }
            case WeightFormat.Rule.Plain _, WeightFormat.Rule.Gguf _ ->
                new WeightBytes(format, tensors.stream().map(Piece::unconverted).toList(), "", traits(runs), share);
        };
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
        pieces.forEach(piece -> count(piece, tally));
        return new Bytes(tally.exact("the weights"));
    }

    /// The total by groups; those without tensors are left out.
    public List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (TensorGroup group : TensorGroup.values()) {
            QuickTally bytes = new QuickTally();
            QuickTally elements = new QuickTally();
            for (Piece piece : pieces) {
                if (TensorGroup.of(piece.tensor()) == group) {
                    count(piece, bytes);
                    piece.tensor().count(elements);
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
            for (Piece piece : pieces) {
                if (TensorGroup.of(piece.tensor()) == group) {
                    count(piece, tally);
                }
            }
        }
        return tally.breakdown();
    }

    public List<Explanation> explanations() {
        return breakdown().explainAll(new Basis("B", format.source(), provenance()));
    }

    /// How many of the parameters the format converts; the rest is held in one plain type.
    public long convertedParameters() {
        QuickTally tally = new QuickTally();
        for (Piece piece : pieces) {
            if (isConverted(piece)) {
                piece.tensor().count(tally);
            }
        }
        return tally.exact("the converted weights");
    }

    private boolean isConverted(Piece piece) {
        return switch (format.rule()) {
            case WeightFormat.Rule.Plain _ -> false;
            case WeightFormat.Rule.Converted _ -> piece.scheme().isPresent();
            case WeightFormat.Rule.Gguf _ ->
                switch (TensorGroup.of(piece.tensor())) {
                    case EMBEDDING, MATRICES, EXPERTS, HEAD -> true;
                    case ROUTERS, SMALL, TOWERS -> false;
                };
        };
    }

    /// What is converted to what, in one line for people; empty where all tensors are held in one plain type.
    public Optional<String> convention() {
        return switch (format.rule()) {
            case WeightFormat.Rule.Plain(DataType dataType) ->
                hasWiderThan(dataType) ? Optional.of("routers' corrections in f32") : Optional.empty();
            case WeightFormat.Rule.Converted rule ->
                Optional.of(format.source() + ". Converted: " + Numbers.grouped(convertedParameters()) + " parameters, "
                        + converted + "; all others in " + rule.rest().name()
                        + (hasWiderThan(rule.rest()) ? ", routers' corrections in f32" : ""));
            case WeightFormat.Rule.Gguf _ -> Optional.of(format.source());
        };
    }

    /// Whether there are corrections, which are wider than the type of all that is not converted.
    private boolean hasWiderThan(DataType type) {
        return pieces.stream().anyMatch(piece -> !held(piece.tensor(), type).equals(type));
    }

    private void count(Piece piece, Tally tally) {
        ReadTensor tensor = piece.tensor();
        switch (format.rule()) {
            case WeightFormat.Rule.Plain(DataType dataType) -> plain(tensor, dataType, tally);
            case WeightFormat.Rule.Converted rule -> {
                if (piece.scheme().isPresent()) {
                    matrix(tensor, tensor.copies(), piece.scheme().get(), tally);
                } else {
                    plain(tensor, rule.rest(), tally);
                }
            }
            case WeightFormat.Rule.Gguf(GgufMixture mixture) -> gguf(tensor, TensorGroup.of(tensor), mixture, tally);
        }
    }

    private static void plain(ReadTensor tensor, DataType asked, Tally tally) {
        DataType dataType = held(tensor, asked);
        if (dataType.blockElements() == 1) {
            tensor.count(tally);
            tally.times("bytes", dataType.blockBytes());
        } else {
            matrix(tensor, tensor.copies(), new MatrixScheme.Rows(dataType, 0), tally);
        }
    }

    /// Corrections are summed up in small steps, which fewer bits would lose: DeepSeek-V3's files hold f32, and the
    /// classes that load such models keep it (transformers: `_keep_in_fp32_modules_strict`).
    private static DataType held(ReadTensor tensor, DataType asked) {
        boolean isCorrection = tensor.parameter().kind() == Parameter.Kind.CORRECTION;
        return isCorrection && asked.bitsPerElement() < Float.SIZE ? DataType.F32 : asked;
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
    private void layers(ReadTensor tensor, GgufMixture mixture, Tally tally) {
        long layers = share.layers(tensor.run().part());
        GgufMixture.Place place = place(tensor);
        Map<DataType, Long> counts = new LinkedHashMap<>();
        for (long layer : tensor.layers()) {
            counts.merge(type(tensor, mixture, place, layer, layers), 1L, Long::sum);
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
