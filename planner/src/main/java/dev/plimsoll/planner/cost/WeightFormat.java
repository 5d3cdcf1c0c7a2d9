package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.model.shape.MatrixPacking.Group;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;

/// A format that weights are loaded in, by the name people use.
///
/// @param source whose rule it follows
public record WeightFormat(String name, Rule rule, String source) {
    /// What becomes of each tensor.
    public sealed interface Rule {
        /// Every tensor in one type.
        record Plain(DataType dataType) implements Rule {}

        /// Some tensors by a scheme, those apart that something else is said of; all else in another type.
        record Converted(ConversionScope scope, MatrixScheme scheme, DataType rest, TensorExceptions exceptions)
                implements Rule {}

        /// A GGUF file's mixture, of that name.
        record Gguf(GgufMixture mixture) implements Rule {}
    }

    private static final int SUGGESTIONS = 3;
    private static final String PLAIN = "every element as wide as the type";
    private static final String CHANNEL_WISE = "a bf16 scale for each output, as compressed-tensors' channel strategy";
    private static final int GROUP = 128;

    /// One byte a value and one f32 scale for each tile.
    private static final MatrixPacking TILES = new MatrixPacking(8, new Group.Block(GROUP, GROUP), 32, 0, 0);

    /// One byte a value and one 16-bit scale for each output.
    private static final MatrixPacking CHANNELS = new MatrixPacking(8, new Group.Output(), 16, 0, 0);

    /// bitsandbytes: four bits a value, an f32 for each 64 values, and the 16 values of the type as f32.
    private static final MatrixPacking NF4 = new MatrixPacking(4, new Group.Run(64), 32, 0, 64);

    /// bitsandbytes with double quantisation: a byte in place of the f32, an f32 for each 256 such bytes, and for the
    /// matrix the byte's 256 values and an offset as f32 beside the 16.
    private static final MatrixPacking NF4_DOUBLE =
            new MatrixPacking(4, new Group.RunOfScaled(64, 256), 8, 0, 64 + 1024 + 4);

    private static final List<WeightFormat> ALL = formats();

    /// Exact for one plain type; a rule's choice of tensors is assumed, since a configuration does not list it.
    public Provenance provenance() {
        return switch (rule) {
            case Rule.Plain _ -> Provenance.EXACT;
            case Rule.Converted _, Rule.Gguf _ -> Provenance.ASSUMED;
        };
    }

    /// One plain type, for example that of a model's own file.
    public static WeightFormat plain(DataType dataType) {
        return new WeightFormat(dataType.name(), new Rule.Plain(dataType), PLAIN);
    }

    /// All formats.
    public static List<WeightFormat> all() {
        return ALL;
    }

    /// The format of that name in lower case, for example `bf16`, `nf4` or `q4_k_m`.
    ///
    /// @throws InputException naming all of them
    public static WeightFormat named(String name) {
        for (WeightFormat format : ALL) {
            if (format.name.equals(name)) {
                return format;
            }
        }
        List<String> names = ALL.stream().map(WeightFormat::name).toList();
        throw InputException.usage(
                "weight data type: found '" + Text.printable(name) + "', expected one of " + String.join(", ", names),
                "The nearest are " + String.join(", ", Nearest.of(name, names, SUGGESTIONS)) + ".");
    }

    private static List<WeightFormat> formats() {
        List<WeightFormat> formats = new ArrayList<>(List.of(
                plain(DataType.F64),
                plain(DataType.F32),
                plain(DataType.F16),
                plain(DataType.BF16),
                new WeightFormat("fp32", new Rule.Plain(DataType.F32), PLAIN),
                new WeightFormat("fp16", new Rule.Plain(DataType.F16), PLAIN),
                matrices("fp8", new MatrixScheme.Packed(CHANNELS), CHANNEL_WISE),
                matrices("int8", new MatrixScheme.Packed(CHANNELS), CHANNEL_WISE),
                matrices(
                        "fp8-block",
                        new MatrixScheme.Packed(TILES),
                        "DeepSeek-V3's fp8: an f32 scale for each 128 x 128 tile"),
                matrices(
                        "int4",
                        new MatrixScheme.Groups(GROUP, MatrixScheme.Order.NOT_KEPT),
                        "four bits with a scale and a zero for each 128 inputs, as AWQ"),
                matrices(
                        "awq",
                        new MatrixScheme.Groups(GROUP, MatrixScheme.Order.NOT_KEPT),
                        "AWQ with groups of 128: qweight, qzeros, scales"),
                matrices(
                        "gptq",
                        new MatrixScheme.Groups(GROUP, MatrixScheme.Order.KEPT),
                        "GPTQ with groups of 128: qweight, qzeros, scales, g_idx"),
                matrices(
                        "nf4",
                        new MatrixScheme.Packed(NF4),
                        "bitsandbytes: an f32 scale for each 64 values, a table of 16 values for each matrix"),
                matrices(
                        "nf4-double",
                        new MatrixScheme.Packed(NF4_DOUBLE),
                        "bitsandbytes with double quantisation: a byte for each 64 values, an f32 for each 256 such"
                                + " bytes, tables of 16 and 256 values and an offset for each matrix"),
                matrices("nvfp4", new MatrixScheme.Rows(DataType.NVFP4, Float.BYTES), "ModelOpt's NVFP4"),
                matrices("fp4", new MatrixScheme.Rows(DataType.NVFP4, Float.BYTES), "taken as NVFP4"),
                converted(
                        "mxfp4",
                        ConversionScope.EXPERTS,
                        new MatrixScheme.Rows(DataType.MXFP4, 0),
                        "gpt-oss's MXFP4: 17 bytes for each 32 values")));
        for (GgufMixture mixture : GgufMixture.ALL) {
            formats.add(new WeightFormat(
                    mixture.name(),
                    new Rule.Gguf(mixture),
                    "llama.cpp's choice of types (2025), without an importance matrix"));
        }
        return List.copyOf(formats);
    }

    private static WeightFormat matrices(String name, MatrixScheme scheme, String source) {
        return converted(name, ConversionScope.LAYERS, scheme, source);
    }

    private static WeightFormat converted(String name, ConversionScope scope, MatrixScheme scheme, String source) {
        return new WeightFormat(name, new Rule.Converted(scope, scheme, DataType.BF16, TensorExceptions.NONE), source);
    }
}
