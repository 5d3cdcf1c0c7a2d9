package dev.plimsoll.formats.safetensors;

import dev.plimsoll.model.shape.DataType;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The data types of safetensors headers by their names.
final class SafetensorsTypes {
    private static final Map<String, DataType> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("BOOL", DataType.BOOL),
            Map.entry("U8", DataType.U8),
            Map.entry("I8", DataType.I8),
            Map.entry("F8_E5M2", DataType.F8_E5M2),
            Map.entry("F8_E4M3", DataType.F8_E4M3),
            Map.entry("F8_E5M2FNUZ", new DataType("f8_e5m2fnuz", 1, 1)),
            Map.entry("F8_E4M3FNUZ", new DataType("f8_e4m3fnuz", 1, 1)),
            Map.entry("F8_E8M0", DataType.F8_E8M0),
            Map.entry("I16", DataType.I16),
            Map.entry("U16", DataType.U16),
            Map.entry("F16", DataType.F16),
            Map.entry("BF16", DataType.BF16),
            Map.entry("I32", DataType.I32),
            Map.entry("U32", DataType.U32),
            Map.entry("F32", DataType.F32),
            Map.entry("C64", DataType.C64),
            Map.entry("F64", DataType.F64),
            Map.entry("I64", DataType.I64),
            Map.entry("U64", DataType.U64),
            Map.entry("F4", DataType.F4),
            Map.entry("F6_E2M3", DataType.F6_E2M3),
            Map.entry("F6_E3M2", DataType.F6_E3M2)));

    private SafetensorsTypes() {}

    static Optional<DataType> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// @throws IllegalArgumentException where the format has no name for it
    static String nameOf(DataType type) {
        return BY_NAME.entrySet().stream()
                .filter(entry -> entry.getValue().equals(type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("safetensors has no " + type.name()))
                .getKey();
    }

    /// All names, for an error.
    static String names() {
        return String.join(" ", BY_NAME.keySet());
    }
}
