package dev.plimsoll.formats.config;

import dev.plimsoll.model.shape.DataType;
import java.util.Map;
import java.util.Optional;

/// The data type that a config names for its weights: `torch_dtype` or `dtype`, also of a nested text config.
public final class DeclaredType {
    private static final Map<String, DataType> BY_NAME = Map.ofEntries(
            Map.entry("float64", DataType.F64),
            Map.entry("double", DataType.F64),
            Map.entry("float32", DataType.F32),
            Map.entry("float", DataType.F32),
            Map.entry("fp32", DataType.F32),
            Map.entry("float16", DataType.F16),
            Map.entry("half", DataType.F16),
            Map.entry("fp16", DataType.F16),
            Map.entry("bfloat16", DataType.BF16),
            Map.entry("bf16", DataType.BF16),
            Map.entry("float8_e4m3fn", DataType.F8_E4M3),
            Map.entry("float8_e5m2", DataType.F8_E5M2),
            Map.entry("int8", DataType.I8));

    private DeclaredType() {}

    /// Empty where the config is silent or names a type that is not known (`auto`).
    public static Optional<DataType> of(Config config) {
        return named(config)
                .or(() -> config.nested("text_config", "llm_config", "language_config")
                        .flatMap(DeclaredType::named));
    }

    private static Optional<DataType> named(Config config) {
        return config.text("torch_dtype", "dtype").flatMap(DeclaredType::byName);
    }

    /// The type of that name in the words of PyTorch, with or without `torch.` before it.
    public static Optional<DataType> byName(String name) {
        String bare = name.startsWith("torch.") ? name.substring("torch.".length()) : name;
        return Optional.ofNullable(BY_NAME.get(bare));
    }
}
