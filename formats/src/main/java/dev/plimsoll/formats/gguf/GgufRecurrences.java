package dev.plimsoll.formats.gguf;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Architectures with recurrent layers, alone or among layers that attend. Which layer is which its tensors show.
final class GgufRecurrences {
    private static final String ATTENTION = "attn_q.weight";

    private GgufRecurrences() {}

    static void mamba(GgufKeys keys) {
        keys.copy("state_size", "ssm.state_size")
                .copy("conv_kernel", "ssm.conv_kernel")
                .copy("intermediate_size", "ssm.inner_size")
                .copy("time_step_rank", "ssm.time_step_rank");
    }

    static void mamba2(GgufKeys keys) {
        keys.copy("state_size", "ssm.state_size")
                .copy("conv_kernel", "ssm.conv_kernel")
                .copy("intermediate_size", "ssm.inner_size")
                .copy("num_heads", "ssm.time_step_rank")
                .copy("n_groups", "ssm.group_count")
                .put("expand", ratio(keys, "ssm.inner_size", "embedding_length"))
                .put("head_dim", ratio(keys, "ssm.inner_size", "ssm.time_step_rank"));
    }

    static void jamba(GgufKeys keys) {
        heads(keys);
        keys.copy("mamba_d_state", "ssm.state_size")
                .copy("mamba_d_conv", "ssm.conv_kernel")
                .put("mamba_expand", ratio(keys, "ssm.inner_size", "embedding_length"))
                .copy("mamba_dt_rank", "ssm.time_step_rank")
                .copy("num_experts", "expert_count")
                .copy("num_experts_per_tok", "expert_used_count");
        period(keys, ATTENTION, "attn_layer_period", "attn_layer_offset");
        period(keys, "ffn_gate_inp.weight", "expert_layer_period", "expert_layer_offset");
    }

    static void lfm2(GgufKeys keys) {
        heads(keys);
        keys.copy("conv_L_cache", "shortconv.l_cache")
                .putTruth("block_auto_adjust_ff_dim", false)
                .copy("block_ff_dim", "feed_forward_length")
                .putTruth("tie_embedding", !keys.holds("output.weight"));
        types(keys, "layer_types", block -> keys.blockHolds(block, ATTENTION) ? "full_attention" : "conv");
    }

    static void falconH1(GgufKeys keys) {
        grouped(keys);
        keys.copy("mamba_d_ssm", "ssm.inner_size").putTruth("mamba_rms_norm", keys.anyBlockHolds("ssm_norm.weight"));
    }

    static void graniteHybrid(GgufKeys keys) {
        heads(keys);
        grouped(keys);
        keys.put("num_local_experts", keys.wholeOr("expert_count", 0))
                .copy("num_experts_per_tok", "expert_used_count")
                .copy("shared_intermediate_size", "expert_shared_feed_forward_length");
        types(keys, "layer_types", block -> keys.blockHolds(block, ATTENTION) ? "attention" : "mamba");
    }

    static void nemotronH(GgufKeys keys) {
        heads(keys);
        keys.copy("mamba_num_heads", "ssm.time_step_rank")
                .put("mamba_head_dim", ratio(keys, "ssm.inner_size", "ssm.time_step_rank"))
                .copy("ssm_state_size", "ssm.state_size")
                .copy("n_groups", "ssm.group_count")
                .copy("conv_kernel", "ssm.conv_kernel")
                .copy("n_routed_experts", "expert_count")
                .copy("num_experts_per_tok", "expert_used_count")
                .copy("moe_intermediate_size", "expert_feed_forward_length")
                .copy("moe_shared_expert_intermediate_size", "expert_shared_feed_forward_length");
        keys.each("feed_forward_length").stream()
                .max(Long::compare)
                .filter(width -> width > 0)
                .ifPresent(width -> keys.put("intermediate_size", width));
        keys.put(
                "hybrid_override_pattern",
                IntStream.range(0, keys.blocks())
                        .mapToObj(block -> nemotronLayer(keys, block))
                        .collect(Collectors.joining()));
    }

    private static String nemotronLayer(GgufKeys keys, int block) {
        if (keys.blockHolds(block, ATTENTION)) {
            return "*";
        }
        if (keys.blockHolds(block, "ffn_gate_inp.weight")) {
            return "E";
        }
        return keys.blockHolds(block, "ffn_up.weight") ? "-" : "M";
    }

    /// Gated delta rules, and attention in every so many layers.
    static void qwenNext(GgufKeys keys) {
        GgufExperts.qwen(keys);
        keys.copy("linear_conv_kernel_dim", "ssm.conv_kernel")
                .copy("linear_key_head_dim", "ssm.state_size")
                .copy("linear_num_key_heads", "ssm.group_count")
                .copy("linear_num_value_heads", "ssm.time_step_rank")
                .put("linear_value_head_dim", ratio(keys, "ssm.inner_size", "ssm.time_step_rank"))
                .copy("full_attention_interval", "full_attention_interval");
        types(keys, "layer_types", block -> keys.blockHolds(block, ATTENTION) ? "full_attention" : "linear_attention");
    }

    private static void grouped(GgufKeys keys) {
        keys.copy("mamba_d_state", "ssm.state_size")
                .copy("mamba_d_conv", "ssm.conv_kernel")
                .copy("mamba_n_heads", "ssm.time_step_rank")
                .copy("mamba_n_groups", "ssm.group_count")
                .put("mamba_expand", ratio(keys, "ssm.inner_size", "embedding_length"))
                .put("mamba_d_head", ratio(keys, "ssm.inner_size", "ssm.time_step_rank"));
    }

    /// Heads that the layers without attention have none of.
    private static void heads(GgufKeys keys) {
        keys.common("attention.head_count").ifPresent(heads -> keys.put("num_attention_heads", heads));
        keys.common("attention.head_count_kv").ifPresent(heads -> keys.put("num_key_value_heads", heads));
    }

    private static long ratio(GgufKeys keys, String of, String to) {
        return keys.wholeOr(of, 1) / Math.max(1, keys.wholeOr(to, 1));
    }

    private static void types(GgufKeys keys, String key, IntFunction<String> type) {
        long layers = keys.blocks() - keys.wholeOr("nextn_predict_layers", 0);
        keys.putTexts(key, IntStream.range(0, (int) layers).mapToObj(type).toList());
    }

    /// The distance between the blocks that have a tensor, and the first of them.
    private static void period(GgufKeys keys, String tensor, String periodKey, String offsetKey) {
        List<Integer> blocks = IntStream.range(0, keys.blocks())
                .filter(block -> keys.blockHolds(block, tensor))
                .boxed()
                .toList();
        if (blocks.isEmpty()) {
            keys.put(periodKey, keys.blocks() + 1L).put(offsetKey, keys.blocks());
        } else {
            long period = blocks.size() > 1 ? blocks.get(1) - blocks.get(0) : keys.blocks();
            keys.put(periodKey, period).put(offsetKey, blocks.getFirst());
        }
    }
}
