package dev.plimsoll.planner.serving;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Data types of a cache by the names that engines give them.
public final class CacheTypes {
    private static final Map<String, String> ALIASES = Map.of(
            "fp32", "f32",
            "float32", "f32",
            "fp16", "f16",
            "float16", "f16",
            "half", "f16",
            "bfloat16", "bf16");
    private static final Map<String, DataType> NAMED = Map.ofEntries(
            Map.entry("f32", DataType.F32),
            Map.entry("f16", DataType.F16),
            Map.entry("bf16", DataType.BF16),
            Map.entry("fp8", DataType.F8_E4M3),
            Map.entry("fp8_e4m3", DataType.F8_E4M3),
            Map.entry("fp8_e5m2", DataType.F8_E5M2),
            Map.entry("fp8_ds_mla", StageCache.LATENT_FP8),
            Map.entry("int8", DataType.I8),
            Map.entry("int4", DataType.I4),
            Map.entry("nvfp4", DataType.NVFP4));

    private CacheTypes() {}

    /// The shorter one of two names for a type: `f16` for `float16`.
    public static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ALIASES.getOrDefault(lower, lower);
    }

    public static Optional<DataType> find(String name) {
        String canonical = canonical(name);
        return Optional.ofNullable(NAMED.get(canonical)).or(() -> GgmlTypes.byName(canonical));
    }
}
