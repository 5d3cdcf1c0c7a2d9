package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Architectures with experts or latent attention.
final class GgufExperts {
    private GgufExperts() {}

    /// Llama and Mixtral share an architecture: experts make the difference.
    static void llama(GgufKeys keys) {
        if (keys.wholeOr("expert_count", 0) > 0) {
            keys.put("model_type", "mixtral");
            local(keys);
        }
    }

    static void local(GgufKeys keys) {
        keys.copy("num_local_experts", "expert_count").copy("num_experts_per_tok", "expert_used_count");
    }

    /// Experts in every so many layers, and another width in the layers without.
    static void llama4(GgufKeys keys) {
        local(keys);
        keys.copy("intermediate_size", "expert_feed_forward_length")
                .copy("intermediate_size_mlp", "feed_forward_length")
                .copy("interleave_moe_layer_step", "interleave_moe_layer_step");
    }

    static void qwen(GgufKeys keys) {
        keys.copy("num_experts", "expert_count")
                .copy("num_experts_per_tok", "expert_used_count")
                .copy("moe_intermediate_size", "expert_feed_forward_length")
                .copy("shared_expert_intermediate_size", "expert_shared_feed_forward_length");
    }

    static void granite(GgufKeys keys) {
        local(keys);
        keys.copy("shared_intermediate_size", "expert_shared_feed_forward_length");
    }

    static void gptOss(GgufKeys keys) {
        local(keys);
        keys.copy("intermediate_size", "expert_feed_forward_length");
    }

    static void dbrx(GgufKeys keys) {
        Map<String, JsonValue> attention = new LinkedHashMap<>();
        put(attention, "kv_n_heads", keys.whole("attention.head_count_kv"));
        Map<String, JsonValue> feedForward = new LinkedHashMap<>();
        put(feedForward, "ffn_hidden_size", keys.whole("feed_forward_length"));
        put(feedForward, "moe_num_experts", keys.whole("expert_count"));
        put(feedForward, "moe_top_k", keys.whole("expert_used_count"));
        keys.putObject("attn_config", attention).putObject("ffn_config", feedForward);
    }

    /// Dense first layers, then routed and shared experts; a load-balancing correction where the file has one.
    static void deepSeek(GgufKeys keys) {
        keys.copy("n_routed_experts", "expert_count")
                .copy("num_experts_per_tok", "expert_used_count")
                .copy("n_shared_experts", "expert_shared_count")
                .copy("moe_intermediate_size", "expert_feed_forward_length")
                .copy("first_k_dense_replace", "leading_dense_block_count")
                .put("moe_layer_freq", 1)
                .copy("n_group", "expert_group_count")
                .copy("topk_group", "expert_group_used_count")
                .copyReal("routed_scaling_factor", "expert_weights_scale");
    }

    static void bailing(GgufKeys keys) {
        keys.copy("num_experts", "expert_count")
                .copy("num_experts_per_tok", "expert_used_count")
                .copy("num_shared_experts", "expert_shared_count")
                .copy("moe_intermediate_size", "expert_feed_forward_length")
                .copy("first_k_dense_replace", "leading_dense_block_count");
    }

    /// Latent attention. The head sizes are those of the expanded heads: under `_mla` in newer files, whose plain keys
    /// describe the cache.
    static void latentAttention(GgufKeys keys) {
        if (keys.anyBlockHolds("exp_probs_b.bias")) {
            keys.put("model_type", "deepseek_v3");
        }
        long turned = keys.whole("rope.dimension_count").orElseThrow(() -> keys.missing("rope.dimension_count"));
        OptionalLong key = first(keys, "attention.key_length_mla", "attention.key_length");
        OptionalLong value = first(keys, "attention.value_length_mla", "attention.value_length");
        key.ifPresent(size -> keys.put("qk_nope_head_dim", size - turned));
        value.ifPresent(size -> keys.put("v_head_dim", size));
        keys.put("qk_rope_head_dim", turned)
                .copy("kv_lora_rank", "attention.kv_lora_rank")
                .putNull("q_lora_rank")
                .copy("q_lora_rank", "attention.q_lora_rank")
                .copy("num_key_value_heads", "attention.head_count")
                .remove("head_dim")
                .remove("partial_rotary_factor");
    }

    private static OptionalLong first(GgufKeys keys, String preferred, String other) {
        OptionalLong value = keys.whole(preferred);
        return value.isPresent() ? value : keys.whole(other);
    }

    private static void put(Map<String, JsonValue> members, String key, OptionalLong number) {
        number.ifPresent(value -> members.put(key, new JsonNumber(Long.toString(value))));
    }
}
