package dev.plimsoll.formats.config;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.model.shape.MatrixPacking.Group;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads the forms that quantisation takes in configs.
///
/// Sources: the tensors that each method's reference code writes (transformers' quantizers, vLLM's loaders); the fp8
/// blocks of DeepSeek-V3 and the MXFP4 of gpt-oss-20b meet the totals published for them.
public final class QuantizationMethods {
    private static final String MLX = "mlx";
    private static final String MXFP4 = "mxfp4";
    private static final Map<String, Method> METHODS = Map.ofEntries(
            Map.entry("fp8", QuantizationMethods::fp8),
            Map.entry("fbgemm_fp8", config -> Optional.of(scaled(8, new Group.Output(), 32))),
            Map.entry(MXFP4, config -> Optional.of(scaled(4, new Group.Neighbours(32), 8))),
            Map.entry("modelopt", QuantizationMethods::modelopt),
            Map.entry("modelopt_fp4", QuantizationMethods::modelopt),
            Map.entry("nvfp4", config -> Optional.of(nvfp4(config))),
            Map.entry("gptq", QuantizationMethods::gptq),
            Map.entry("auto-round", QuantizationMethods::gptq),
            Map.entry("awq", QuantizationMethods::awq),
            Map.entry("bitsandbytes", QuantizationMethods::bitsAndBytes),
            Map.entry("compressed-tensors", CompressedTensors::weights),
            Map.entry("quanto", QuantizationMethods::quanto),
            Map.entry("hqq", QuantizationMethods::hqq),
            Map.entry("eetq", config -> Optional.of(scaled(8, new Group.Output(), 16))),
            Map.entry("bitnet", config -> Optional.of(scaled(2, new Group.Matrix(), 16))),
            Map.entry("torchao", QuantizationMethods::torchao),
            Map.entry(MLX, MlxQuantization::weights));

    private QuantizationMethods() {}

    /// How a converted matrix is stored; empty where the config leaves it open.
    @FunctionalInterface
    interface Method {
        Optional<MatrixPacking> weights(Config config);
    }

    /// What a model's config says: `quantization_config`, `compression_config`, MLX's `quantization`, in the config
    /// itself or in its nested text config; empty where nothing is quantised.
    public static Optional<Quantization> of(Config model) {
        return declared(model)
                .or(() -> model.nested("text_config", "llm_config", "language_config")
                        .flatMap(QuantizationMethods::declared));
    }

    /// What a `hf_quant_config.json` beside the config says.
    public static Optional<Quantization> ofBesideFile(Config file) {
        return file.nested("quantization")
                .filter(inner -> inner.has("quant_algo") || inner.has("kv_cache_quant_algo"))
                .map(inner -> read("modelopt", inner));
    }

    private static Optional<Quantization> declared(Config model) {
        // MLX writes what it did under both keys, in place of what the model had before.
        return model.nested("quantization")
                .map(config -> read(MLX, config))
                .or(() -> model.nested("quantization_config", "compression_config")
                        .map(config -> read(name(config), config)));
    }

    private static String name(Config config) {
        Optional<String> name = config.text("quant_method", "quantization_method");
        if (name.isPresent()) {
            return name.get().toLowerCase(Locale.ROOT).replace("compressed_tensors", "compressed-tensors");
        }
        if (config.isTrue("load_in_4bit") || config.isTrue("load_in_8bit")) {
            return "bitsandbytes";
        }
        if (config.has("config_groups")) {
            return "compressed-tensors";
        }
        return config.has("quant_algo") ? "modelopt" : config.has("group_size") ? MLX : "unnamed";
    }

    private static Quantization read(String name, Config config) {
        List<String> notes = new ArrayList<>();
        Method method = METHODS.get(name);
        Optional<MatrixPacking> weights = method == null ? Optional.empty() : method.weights(config);
        if (weights.isEmpty()) {
            notes.add("The weights are quantised by '" + Text.printable(name) + "'"
                    + config.text("quant_algo")
                            .map(algorithm -> " (" + Text.printable(algorithm) + ")")
                            .orElse("")
                    + ", and the config does not say in a known way how: bytes are known from a checkpoint's headers"
                    + " only.");
        }
        if (config.has("quantized_layers")) {
            notes.add("Layers are quantised in different ways: bytes are known from a checkpoint's headers only.");
        }
        return new Quantization(
                Text.printable(name),
                weights,
                reach(name),
                name.equals(MLX) ? MlxQuantization.modules(config) : ModuleForms.NONE,
                unconverted(config),
                keyValueCache(config),
                notes);
    }

    private static Quantization.Reach reach(String method) {
        return switch (method) {
            // gpt-oss quantises its experts and nothing else, and says so by listing all other modules.
            case MXFP4 -> Quantization.Reach.EXPERTS;
            case MLX -> Quantization.Reach.EVERY_MATRIX;
            // Names of methods are a stranger's texts; all that are known leave tables and head alone.
            default -> Quantization.Reach.LAYERS;
        };
    }

    private static ModulePatterns unconverted(Config config) {
        List<String> patterns = new ArrayList<>();
        for (String key : List.of("modules_to_not_convert", "llm_int8_skip_modules", "ignore", "exclude_modules")) {
            if (config.isList(key)) {
                patterns.addAll(config.texts(key));
            }
        }
        return new ModulePatterns(patterns);
    }

    private static Optional<DataType> keyValueCache(Config config) {
        Optional<Config> scheme = config.nested("kv_cache_scheme");
        if (scheme.isPresent()) {
            boolean integers = scheme.get().text("type").orElse("float").equals("int");
            return scheme.get().sizeOr(8, "num_bits") == 8
                    ? Optional.of(integers ? DataType.I8 : DataType.F8_E4M3)
                    : Optional.empty();
        }
        return config.text("kv_cache_quant_algo")
                .flatMap(algorithm -> Optional.ofNullable(
                        Map.of("FP8", DataType.F8_E4M3, "INT8", DataType.I8, "NVFP4", DataType.NVFP4)
                                .get(algorithm)));
    }

    static MatrixPacking scaled(int bits, Group group, int scaleBits) {
        return new MatrixPacking(bits, group, scaleBits, 0, 0);
    }

    /// Bits of a value, which configs write as `bits`, `w_bit` or `nbits`.
    static int bits(Config config) {
        long bits = config.size("bits", "w_bit", "nbits", "num_bits");
        if (bits > 16) {
            throw config.invalid("bits", Long.toString(bits), "2 to 16");
        }
        return (int) bits;
    }

    /// Neighbours, or the whole output where `group_size` is -1 or missing.
    private static Group group(Config config) {
        OptionalLong size = config.groupSize("group_size", "q_group_size");
        return size.isPresent() ? new Group.Neighbours(size.getAsLong()) : new Group.Output();
    }

    /// DeepSeek's blocks with an f32 scale each, or one f32 scale, and another one for inputs that are scaled alike.
    private static Optional<MatrixPacking> fp8(Config config) {
        List<Long> block = config.counts("weight_block_size");
        if (block.isEmpty()) {
            int inputScale = config.text("activation_scheme").orElse("").equals("static") ? 4 : 0;
            return Optional.of(new MatrixPacking(8, new Group.Matrix(), 32, 0, inputScale));
        }
        if (block.size() != 2 || block.contains(0L)) {
            throw config.invalid("weight_block_size", block.toString(), "two sizes of at least 1");
        }
        return Optional.of(scaled(8, new Group.Block(block.get(0), block.get(1)), 32));
    }

    /// An fp8 scale for each 16, an f32 scale of scales and one for the inputs.
    private static MatrixPacking nvfp4(Config config) {
        return new MatrixPacking(4, new Group.Neighbours(config.sizeOr(16, "group_size")), 8, 0, 8);
    }

    private static Optional<MatrixPacking> modelopt(Config config) {
        String algorithm = config.text("quant_algo").orElse("NVFP4").toUpperCase(Locale.ROOT);
        return switch (algorithm) {
            case "NVFP4", "NVFP4_AWQ", "W4A4_NVFP4" -> Optional.of(nvfp4(config));
            case "FP8" -> Optional.of(new MatrixPacking(8, new Group.Matrix(), 32, 0, 4));
            case "FP8_PER_CHANNEL_PER_TOKEN" -> Optional.of(scaled(8, new Group.Output(), 32));
            case "FP8_PB_WO" -> Optional.of(scaled(8, new Group.Block(128, 128), 32));
            case "MXFP4" -> Optional.of(scaled(4, new Group.Neighbours(32), 8));
            case "MXFP8" -> Optional.of(scaled(8, new Group.Neighbours(32), 8));
            case "INT8_SQ", "W8A8_SQ_PER_CHANNEL" -> Optional.of(scaled(8, new Group.Output(), 32));
            case "W4A16_AWQ", "INT4_AWQ" ->
                Optional.of(scaled(4, new Group.Neighbours(config.sizeOr(128, "group_size")), 16));
            // Names of algorithms are a stranger's texts, so there is always one more.
            default -> Optional.empty();
        };
    }

    /// Packed values and zero points, f16 scales, and the group of each input as an i32.
    private static Optional<MatrixPacking> gptq(Config config) {
        int bits = bits(config);
        return Optional.of(new MatrixPacking(bits, group(config), 16 + bits, 4, 0));
    }

    private static Optional<MatrixPacking> awq(Config config) {
        int bits = bits(config);
        int zeroBits = config.isFalse("zero_point") ? 0 : bits;
        return Optional.of(scaled(bits, group(config), 16 + zeroBits));
    }

    /// Four bits with an f32 maximum for each 64 values of the matrix, and a table of 16 f32; or an 8-bit maximum, an
    /// f32 for each 256 of those, a table of 256 f32 beside the one of 16, and an f32 offset. Eight bits with an f32
    /// maximum for each output. Not counted: the text of `quant_state`, which is as long as the digits in it.
    /// Source: bitsandbytes, `QuantState.as_dict`.
    private static Optional<MatrixPacking> bitsAndBytes(Config config) {
        if (!config.isTrue("load_in_4bit")) {
            return Optional.of(scaled(8, new Group.Output(), 32));
        }
        int table = 16 * Float.BYTES;
        return Optional.of(
                config.isTrue("bnb_4bit_use_double_quant")
                        ? new MatrixPacking(4, new Group.RunOfScaled(64, 256), 8, 0, table + 257 * Float.BYTES)
                        : new MatrixPacking(4, new Group.Run(64), 32, 0, table));
    }

    private static Optional<MatrixPacking> quanto(Config config) {
        return switch (config.text("weights").orElse("")) {
            case "int8", "float8" -> Optional.of(scaled(8, new Group.Output(), 16));
            case "int4" -> Optional.of(scaled(4, new Group.Neighbours(128), 32));
            case "int2" -> Optional.of(scaled(2, new Group.Neighbours(128), 32));
            default -> Optional.empty();
        };
    }

    private static Optional<MatrixPacking> hqq(Config config) {
        return config.nested("quant_config")
                .flatMap(inner -> inner.nested("weight_quant_params"))
                .map(inner -> scaled(bits(inner), group(inner), 32));
    }

    private static Optional<MatrixPacking> torchao(Config config) {
        if (!config.isText("quant_type")) {
            return Optional.empty();
        }
        return switch (config.text("quant_type").orElse("")) {
            case "int8_weight_only", "int8_dynamic_activation_int8_weight" ->
                Optional.of(scaled(8, new Group.Output(), 16));
            case "int4_weight_only" -> Optional.of(scaled(4, new Group.Neighbours(128), 32));
            case "float8_weight_only", "float8_dynamic_activation_float8_weight" ->
                Optional.of(scaled(8, new Group.Output(), 32));
            default -> Optional.empty();
        };
    }
}
