package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import dev.plimsoll.model.units.Text;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

    private DataTypes() {}

    /// @throws InputException naming the known ones
    static DataType cacheType(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Optional<DataType> type = Optional.ofNullable(PLAIN.get(lower)).or(() -> GgmlTypes.byName(lower));
        return type.orElseThrow(() -> InputException.usage(
                "data type: found '" + Text.printable(name) + "', expected one that a cache can be held in",
                "Write bf16, f16, f32, fp8, int8, int4, nvfp4, q8_0, q4_0 or another type of GGUF files."));
    }

    /// What a model's cache is held in when nothing is said: its activations' type.
    static DataType ownCacheType(LoadedModel model) {
        return model.declaredType().filter(DataTypes::holdsActivations).orElse(DataType.BF16);
    }

    private static boolean holdsActivations(DataType type) {
        return type.equals(DataType.BF16) || type.equals(DataType.F16) || type.equals(DataType.F32);
    }
}
