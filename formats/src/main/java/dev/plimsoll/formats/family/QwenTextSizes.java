package dev.plimsoll.formats.family;

import java.util.Map;

/// The sizes of the texts in Qwen's models that see, where a nested config leaves out what is its class's own.
///
/// Source: the defaults of the configuration classes in Transformers 5.18.
final class QwenTextSizes {
    static final Map<String, Long> SECOND = Map.of(
            "vocab_size", 152_064L,
            "hidden_size", 8192L,
            "intermediate_size", 29_568L,
            "num_hidden_layers", 80L,
            "num_attention_heads", 64L,
            "num_key_value_heads", 8L);
    static final Map<String, Long> THIRD = Map.of(
            "vocab_size", 151_936L,
            "hidden_size", 4096L,
            "intermediate_size", 22_016L,
            "num_hidden_layers", 32L,
            "num_attention_heads", 32L,
            "num_key_value_heads", 32L);
    static final Map<String, Long> THIRD_WITH_EXPERTS = Map.of(
            "vocab_size", 151_936L,
            "hidden_size", 2048L,
            "intermediate_size", 5632L,
            "num_hidden_layers", 24L,
            "num_attention_heads", 16L,
            "num_key_value_heads", 16L,
            "moe_intermediate_size", 1408L,
            "num_experts_per_tok", 4L,
            "num_experts", 60L);
    static final Map<String, Long> THIRD_AND_A_HALF = Map.of(
            "vocab_size", 248_320L,
            "hidden_size", 4096L,
            "intermediate_size", 12_288L,
            "num_hidden_layers", 32L,
            "num_attention_heads", 16L,
            "num_key_value_heads", 4L);
    static final Map<String, Long> THIRD_AND_A_HALF_WITH_EXPERTS = Map.of(
            "vocab_size", 248_320L,
            "hidden_size", 2048L,
            "num_hidden_layers", 40L,
            "num_attention_heads", 16L,
            "num_key_value_heads", 2L,
            "moe_intermediate_size", 512L,
            "shared_expert_intermediate_size", 512L,
            "num_experts_per_tok", 8L,
            "num_experts", 256L);

    private QwenTextSizes() {}
}
