package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The data types a cache can be held in, by the names engines give them.
final class DataTypes {
    private static final Map<String, DataType> PLAIN = Map.ofEntries(
            Map.entry("f32", DataType.F32),
            Map.entry("fp32", DataType.F32),
            Map.entry("float32", DataType.F32),
            Map.entry("f16", DataType.F16),
            Map.entry("fp16", DataType.F16),
            Map.entry("float16", DataType.F16),
            Map.entry("half", DataType.F16),
            Map.entry("bf16", DataType.BF16),
            Map.entry("bfloat16", DataType.BF16),
            Map.entry("fp8", DataType.F8_E4M3),
            Map.entry("fp8_e4m3", DataType.F8_E4M3),
            Map.entry("fp8_e5m2", DataType.F8_E5M2),
            Map.entry("int8", DataType.I8),
            Map.entry("int4", DataType.I4),
            Map.entry("nvfp4", DataType.NVFP4));

    /// What engines offer beside them, of the types of GGUF files, all of which are accepted.
    private static final List<String> QUANTISED = List.of("q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl");

    private static final int SUGGESTIONS = 3;

    private DataTypes() {}

    /// @throws InputException naming the known ones
    static DataType cacheType(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Optional<DataType> type = Optional.ofNullable(PLAIN.get(lower)).or(() -> GgmlTypes.byName(lower));
        return type.orElseThrow(() -> InputException.usage(
                "data type: found '" + Text.printable(name) + "', expected one that a cache can be held in, such as "
                        + "bf16, f16, f32, fp8, int8, int4, nvfp4, q8_0 or q4_0",
                "The nearest are " + String.join(", ", Nearest.of(lower, names(), SUGGESTIONS)) + "."));
    }

    private static List<String> names() {
        return Stream.concat(PLAIN.keySet().stream(), QUANTISED.stream()).toList();
    }

    /// What a model's cache, and its weights that a quantisation leaves, are held in when nothing is said: its
    /// activations' type.
    static DataType activationType(LoadedModel model) {
        return model.declaredType().filter(DataTypes::holdsActivations).orElse(DataType.BF16);
    }

    private static boolean holdsActivations(DataType type) {
        return type.equals(DataType.BF16) || type.equals(DataType.F16) || type.equals(DataType.F32);
    }
}
