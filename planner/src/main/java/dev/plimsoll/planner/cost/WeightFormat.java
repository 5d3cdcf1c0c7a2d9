package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
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

        /// The text layers' matrices by a scheme; embedding, head, routers, towers and small tensors in another type.
        record Matrices(MatrixScheme scheme, DataType rest) implements Rule {}

        /// The routed experts' matrices by a scheme; all else in another type.
        record ExpertsOnly(MatrixScheme scheme, DataType rest) implements Rule {}

        /// A GGUF file's mixture, of that name.
        record Gguf(GgufMixture mixture) implements Rule {}
    }

    private static final int SUGGESTIONS = 3;
    private static final String PLAIN = "every element as wide as the type";
    private static final int GROUP = 128;

    /// One byte a value and one f32 scale for each tile.
    private static final MatrixPacking TILES =
            new MatrixPacking(Byte.SIZE, new MatrixPacking.Group.Block(GROUP, GROUP), Float.SIZE, 0, 0);

    private static final List<WeightFormat> ALL = formats();

    /// Exact for one plain type; a rule's choice of tensors is assumed, since a configuration does not list it.
    public Provenance provenance() {
        return switch (rule) {
            case Rule.Plain _ -> Provenance.EXACT;
            case Rule.Matrices _, Rule.ExpertsOnly _, Rule.Gguf _ -> Provenance.ASSUMED;
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
                new WeightFormat("fp8", new Rule.Plain(DataType.F8_E4M3), PLAIN),
                new WeightFormat("int8", new Rule.Plain(DataType.I8), PLAIN),
                matrices("fp8-block", new MatrixScheme.Packed(TILES), "DeepSeek-V3's fp8: one scale a 128 x 128 tile"),
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
                        new MatrixScheme.Flat(MatrixScheme.Scales.F32),
                        "bitsandbytes: an f32 scale for each 64"),
                matrices(
                        "nf4-double",
                        new MatrixScheme.Flat(MatrixScheme.Scales.QUANTIZED),
                        "bitsandbytes with double quantisation: a byte for each 64, an f32 for each 256 of those"),
                matrices("nvfp4", new MatrixScheme.Rows(DataType.NVFP4, Float.BYTES), "ModelOpt's NVFP4"),
                matrices("fp4", new MatrixScheme.Rows(DataType.NVFP4, Float.BYTES), "taken as NVFP4"),
                new WeightFormat(
                        "mxfp4",
                        new Rule.ExpertsOnly(new MatrixScheme.Rows(DataType.MXFP4, 0), DataType.BF16),
                        "gpt-oss: experts alone")));
        for (GgufMixture mixture : GgufMixture.ALL) {
            formats.add(new WeightFormat(
                    mixture.name(),
                    new Rule.Gguf(mixture),
                    "llama.cpp's choice of types (2025), without an importance matrix"));
        }
        return List.copyOf(formats);
    }

    private static WeightFormat matrices(String name, MatrixScheme scheme, String source) {
        return new WeightFormat(name, new Rule.Matrices(scheme, DataType.BF16), source);
    }
}
