package dev.plimsoll.formats.names;

/// The namings of mixtures of experts, as differences from Llama's.
public final class ExpertNamings {
    /// An expert's three tensors under the names `w1` (gate), `w3` (up) and `w2` (down), as Mixtral has them.
    public static final Naming MIXTRAL = Namings.LLAMA.with(
            "router", ".block_sparse_moe.gate",
            "router.correction", ".block_sparse_moe.e_score_correction_bias",
            "experts.gate", ".block_sparse_moe.experts.{expert}.w1",
            "experts.up", ".block_sparse_moe.experts.{expert}.w3",
            "experts.down", ".block_sparse_moe.experts.{expert}.w2");

    /// Qwen's: an expert's own tensors, or all experts' in one without the ending `.weight`.
    public static final Naming QWEN = Namings.LLAMA.with(
            "shared_expert.gate", ".mlp.shared_expert.gate_proj",
            "shared_expert.up", ".mlp.shared_expert.up_proj",
            "shared_expert.down", ".mlp.shared_expert.down_proj",
            "experts.gate.weight", ".mlp.experts.{expert}.gate_proj.weight|.mlp.experts.gate_up_proj",
            "experts.up.weight", ".mlp.experts.{expert}.up_proj.weight|.mlp.experts.gate_up_proj",
            "experts.down.weight", ".mlp.experts.{expert}.down_proj.weight|.mlp.experts.down_proj");

    /// Gate and up fused and all experts stacked, in Granite.
    public static final Naming GRANITE = Namings.LLAMA.with(
            "router", ".block_sparse_moe.router.layer",
            "experts.gate", ".block_sparse_moe.input_linear",
            "experts.up", ".block_sparse_moe.input_linear",
            "experts.down", ".block_sparse_moe.output_linear",
            "shared_expert.gate", ".shared_mlp.input_linear",
            "shared_expert.up", ".shared_mlp.input_linear",
            "shared_expert.down", ".shared_mlp.output_linear",
            "feed_forward.gate", ".shared_mlp.input_linear",
            "feed_forward.up", ".shared_mlp.input_linear",
            "feed_forward.down", ".shared_mlp.output_linear");

    /// gpt-oss: stacked experts with the inputs first; no `.weight` on them nor on the sinks.
    public static final Naming GPT_OSS = Namings.LLAMA.with(
            "attention.sinks.weight", ".self_attn.sinks",
            "router", ".mlp.router",
            "experts.gate.weight", "^.mlp.experts.gate_up_proj",
            "experts.gate.bias", ".mlp.experts.gate_up_proj_bias",
            "experts.up.weight", "^.mlp.experts.gate_up_proj",
            "experts.up.bias", ".mlp.experts.gate_up_proj_bias",
            "experts.down.weight", "^.mlp.experts.down_proj",
            "experts.down.bias", ".mlp.experts.down_proj_bias");

    /// Llama 4: feed-forward networks and experts alike under `feed_forward`.
    public static final Naming LLAMA_4 = Namings.LLAMA.with(
            "feed_forward.gate", ".feed_forward.gate_proj",
            "feed_forward.up", ".feed_forward.up_proj",
            "feed_forward.down", ".feed_forward.down_proj",
            "router", ".feed_forward.router",
            "experts.gate.weight", "^.feed_forward.experts.gate_up_proj",
            "experts.up.weight", "^.feed_forward.experts.gate_up_proj",
            "experts.down.weight", "^.feed_forward.experts.down_proj",
            "shared_expert.gate", ".feed_forward.shared_expert.gate_proj",
            "shared_expert.up", ".feed_forward.shared_expert.up_proj",
            "shared_expert.down", ".feed_forward.shared_expert.down_proj");

    /// DBRX: stacked experts without the ending `.weight`, each expert's rows behind the one before.
    public static final Naming DBRX = Namings.LLAMA
            .under("transformer.blocks.{layer}")
            .with(
                    "embedding.tokens", "transformer.wte",
                    "final_normalization", "transformer.norm_f",
                    "head", "lm_head",
                    "attention.normalization", ".norm_attn_norm.norm_1",
                    "attention.query", ".norm_attn_norm.attn.Wqkv",
                    "attention.key", ".norm_attn_norm.attn.Wqkv",
                    "attention.value", ".norm_attn_norm.attn.Wqkv",
                    "attention.output", ".norm_attn_norm.attn.out_proj",
                    "feed_forward.normalization", ".norm_attn_norm.norm_2",
                    "router", ".ffn.router.layer",
                    "experts.gate.weight", ".ffn.experts.mlp.w1",
                    "experts.up.weight", ".ffn.experts.mlp.v1",
                    "experts.down.weight", "^.ffn.experts.mlp.w2");

    /// Ling: query, key and value fused under `attention`.
    public static final Naming LING = Namings.LLAMA.with(
            "embedding.tokens", "model.word_embeddings",
            "attention.query", ".attention.query_key_value",
            "attention.key", ".attention.query_key_value",
            "attention.value", ".attention.query_key_value",
            "attention.query_normalization", ".attention.query_layernorm",
            "attention.key_normalization", ".attention.key_layernorm",
            "attention.output", ".attention.dense",
            "router.correction", ".mlp.gate.expert_bias");

    /// DeepSeek's own layers that predict further tokens, numbered behind the decoder's.
    public static Naming nextTokens(Naming decoder) {
        return decoder.with(
                "prediction.embedding_normalization", ".enorm",
                "prediction.hidden_normalization", ".hnorm",
                "prediction.map", ".eh_proj",
                "prediction.output_normalization", ".shared_head.norm");
    }

    private ExpertNamings() {}
}
