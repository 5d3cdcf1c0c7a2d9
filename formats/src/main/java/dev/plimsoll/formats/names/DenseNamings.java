package dev.plimsoll.formats.names;

/// The namings of dense decoder-only families beside Llama's.
public final class DenseNamings {
    /// Qwen's first version.
    public static final Naming QWEN = Naming.of(
            "transformer.h.{layer}",
            "embedding.tokens",
            "transformer.wte",
            "final_normalization",
            "transformer.ln_f",
            "head",
            "lm_head",
            "attention.normalization",
            ".ln_1",
            "attention.query",
            ".attn.c_attn",
            "attention.key",
            ".attn.c_attn",
            "attention.value",
            ".attn.c_attn",
            "attention.output",
            ".attn.c_proj",
            "feed_forward.normalization",
            ".ln_2",
            "feed_forward.gate",
            ".mlp.w2",
            "feed_forward.up",
            ".mlp.w1",
            "feed_forward.down",
            ".mlp.c_proj");

    /// InternLM 2.
    public static final Naming INTERNLM2 = Naming.of(
            "model.layers.{layer}",
            "embedding.tokens",
            "model.tok_embeddings",
            "final_normalization",
            "model.norm",
            "head",
            "output",
            "attention.normalization",
            ".attention_norm",
            "attention.query",
            ".attention.wqkv",
            "attention.key",
            ".attention.wqkv",
            "attention.value",
            ".attention.wqkv",
            "attention.output",
            ".attention.wo",
            "feed_forward.normalization",
            ".ffn_norm",
            "feed_forward.gate",
            ".feed_forward.w1",
            "feed_forward.up",
            ".feed_forward.w3",
            "feed_forward.down",
            ".feed_forward.w2");

    /// EXAONE 3.
    public static final Naming EXAONE = Naming.of(
            "transformer.h.{layer}",
            "embedding.tokens",
            "transformer.wte",
            "final_normalization",
            "transformer.ln_f",
            "head",
            "lm_head",
            "attention.normalization",
            ".ln_1",
            "attention.query",
            ".attn.attention.q_proj",
            "attention.key",
            ".attn.attention.k_proj",
            "attention.value",
            ".attn.attention.v_proj",
            "attention.output",
            ".attn.attention.out_proj",
            "feed_forward.normalization",
            ".ln_2",
            "feed_forward.gate",
            ".mlp.c_fc_0",
            "feed_forward.up",
            ".mlp.c_fc_1",
            "feed_forward.down",
            ".mlp.c_proj");

    /// ChatGLM 2 and 3, GLM-4's first release.
    public static final Naming CHATGLM = Naming.of(
            "transformer.encoder.layers.{layer}",
            "embedding.tokens",
            "transformer.embedding.word_embeddings",
            "final_normalization",
            "transformer.encoder.final_layernorm",
            "head",
            "transformer.output_layer",
            "attention.normalization",
            ".input_layernorm",
            "attention.query",
            ".self_attention.query_key_value",
            "attention.key",
            ".self_attention.query_key_value",
            "attention.value",
            ".self_attention.query_key_value",
            "attention.output",
            ".self_attention.dense",
            "feed_forward.normalization",
            ".post_attention_layernorm",
            "feed_forward.gate",
            ".mlp.dense_h_to_4h",
            "feed_forward.up",
            ".mlp.dense_h_to_4h",
            "feed_forward.down",
            ".mlp.dense_4h_to_h");

    /// Layers with norms around each branch (Gemma 2 and 3).
    public static final Naming NORMS_AROUND = Namings.LLAMA.with(
            "feed_forward.normalization", ".pre_feedforward_layernorm",
            "feed_forward.output_normalization", ".post_feedforward_layernorm");

    /// Gemma 4, with what it has beside or between its layers.
    public static final Naming GEMMA4 = NORMS_AROUND.with(
            "feed_forward.dense_normalization", ".post_feedforward_layernorm_1",
            "experts.normalization", ".pre_feedforward_layernorm_2",
            "experts.output_normalization", ".post_feedforward_layernorm_2",
            "router.normalization.weight", ".router.scale",
            "router", ".router.proj",
            "experts.gate.weight", ".experts.gate_up_proj",
            "experts.up.weight", ".experts.gate_up_proj",
            "experts.down.weight", ".experts.down_proj",
            "experts.scale.weight", ".router.per_expert_scale",
            "layer.scalar.weight", ".layer_scalar",
            "per_layer.tokens", "model.embed_tokens_per_layer",
            "per_layer.map", "model.per_layer_model_projection",
            "per_layer.normalization", "model.per_layer_projection_norm",
            "per_layer.gate", ".per_layer_input_gate",
            "per_layer.output", ".per_layer_projection",
            "per_layer.output_normalization", ".post_per_layer_input_norm");

    private DenseNamings() {}
}
