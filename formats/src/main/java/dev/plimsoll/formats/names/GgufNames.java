package dev.plimsoll.formats.names;

import java.util.Map;

/// What GGUF files call the parameters: one vocabulary for all families.
///
/// Source: the tensor names of llama.cpp's `gguf-py` (`MODEL_TENSOR`) and its conversion notes.
final class GgufNames {
    static final Map<String, String> ROWS = Map.ofEntries(
            Map.entry("embedding.tokens", "token_embd"),
            Map.entry("embedding.positions", "position_embd"),
            Map.entry("embedding.types", "token_types"),
            Map.entry("embedding.normalization", "token_embd_norm"),
            Map.entry("final_normalization", "output_norm|token_embd_norm"),
            Map.entry("head", "output"),
            Map.entry("attention.normalization", ".attn_norm"),
            Map.entry("attention.output_normalization", ".post_attention_norm|.attn_post_norm"),
            Map.entry("attention.query", ".attn_q|.attn_q_b|.attn_qkv"),
            Map.entry("attention.key", ".attn_k|.attn_k_b|.attn_kv_b|.attn_qkv"),
            Map.entry("attention.value", ".attn_v|.attn_v_b|.attn_kv_b|.attn_qkv"),
            Map.entry("attention.gate", ".attn_q|.attn_gate"),
            Map.entry("attention.output", ".attn_output"),
            Map.entry("attention.query_normalization", ".attn_q_norm|.attn_q_a_norm"),
            Map.entry("attention.key_normalization", ".attn_k_norm"),
            Map.entry("attention.sinks", ".attn_sinks"),
            Map.entry("attention.query_latent", ".attn_q_a"),
            Map.entry("attention.key_value_latent", ".attn_kv_a_mqa"),
            Map.entry("attention.rotated_key", ".attn_kv_a_mqa"),
            Map.entry("attention.key_value_normalization", ".attn_kv_a_norm"),
            Map.entry("indexer.query", ".indexer.attn_q_b"),
            Map.entry("indexer.key", ".indexer.attn_k"),
            Map.entry("indexer.key_normalization", ".indexer.k_norm"),
            Map.entry("indexer.weights", ".indexer.proj"),
            Map.entry("feed_forward.normalization", ".ffn_norm|.post_attention_norm|.attn_norm_2"),
            Map.entry("feed_forward.output_normalization", ".post_ffw_norm|.ffn_post_norm"),
            Map.entry("feed_forward.gate", ".ffn_gate|.ffn_up"),
            Map.entry("feed_forward.up", ".ffn_up"),
            Map.entry("feed_forward.down", ".ffn_down"),
            Map.entry("router", ".ffn_gate_inp"),
            Map.entry("router.correction", ".exp_probs_b.bias"),
            Map.entry("experts.gate", ".ffn_gate_exps|.ffn_gate.{expert}|.ffn_gate_up_exps"),
            Map.entry("experts.up", ".ffn_up_exps|.ffn_up.{expert}|.ffn_gate_up_exps"),
            Map.entry("experts.down", ".ffn_down_exps|.ffn_down.{expert}"),
            Map.entry("feed_forward.dense_normalization", ".post_ffw_norm_1"),
            Map.entry("experts.normalization", ".pre_ffw_norm_2"),
            Map.entry("experts.output_normalization", ".post_ffw_norm_2"),
            Map.entry("router.normalization.weight", ".ffn_gate_inp.scale"),
            Map.entry("experts.scale.weight", ".ffn_down_exps.scale"),
            Map.entry("layer.scalar", ".layer_output_scale"),
            Map.entry("per_layer.tokens", "per_layer_token_embd"),
            Map.entry("per_layer.map", "per_layer_model_proj"),
            Map.entry("per_layer.normalization", "per_layer_proj_norm"),
            Map.entry("per_layer.gate", ".inp_gate"),
            Map.entry("per_layer.output", ".proj"),
            Map.entry("per_layer.output_normalization", ".post_norm"),
            Map.entry("attention.linear", ".attn_output"),
            Map.entry("shared_expert.gate", ".ffn_gate_shexp"),
            Map.entry("shared_expert.up", ".ffn_up_shexp"),
            Map.entry("shared_expert.down", ".ffn_down_shexp"),
            Map.entry("shared_expert.router", ".ffn_gate_inp_shexp"));

    private GgufNames() {}
}
