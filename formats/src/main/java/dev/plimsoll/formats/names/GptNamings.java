package dev.plimsoll.formats.names;

/// The namings of GPT-2 and of the families that came after it, before Llama.
public final class GptNamings {
    /// GPT-2, whose matrices lie inputs first.
    public static final Naming GPT2 = gpt2("^");

    /// GPT-2's names over matrices that lie outputs first.
    public static final Naming GPT_BIGCODE = gpt2("");

    public static final Naming GPT_NEO = GPT_BIGCODE.with(
            "attention.query", ".attn.attention.q_proj",
            "attention.key", ".attn.attention.k_proj",
            "attention.value", ".attn.attention.v_proj",
            "attention.output", ".attn.attention.out_proj");

    public static final Naming GPTJ = GPT_BIGCODE.with(
            "attention.query", ".attn.q_proj",
            "attention.key", ".attn.k_proj",
            "attention.value", ".attn.v_proj",
            "attention.output", ".attn.out_proj",
            "feed_forward.up", ".mlp.fc_in",
            "feed_forward.down", ".mlp.fc_out");

    public static final Naming GPT_NEOX = Naming.of(
            "gpt_neox.layers.{layer}",
            "embedding.tokens",
            "gpt_neox.embed_in",
            "final_normalization",
            "gpt_neox.final_layer_norm",
            "head",
            "embed_out|lm_head",
            "attention.normalization",
            ".input_layernorm",
            "attention.query",
            ".attention.query_key_value",
            "attention.key",
            ".attention.query_key_value",
            "attention.value",
            ".attention.query_key_value",
            "attention.output",
            ".attention.dense",
            "feed_forward.normalization",
            ".post_attention_layernorm",
            "feed_forward.up",
            ".mlp.dense_h_to_4h",
            "feed_forward.down",
            ".mlp.dense_4h_to_h");

    public static final Naming OPT = Naming.of(
            "model.decoder.layers.{layer}|decoder.layers.{layer}",
            "embedding.tokens",
            "model.decoder.embed_tokens|decoder.embed_tokens",
            "embedding.positions",
            "model.decoder.embed_positions|decoder.embed_positions",
            "embedding.map",
            "model.decoder.project_in|decoder.project_in",
            "head.map",
            "model.decoder.project_out|decoder.project_out",
            "final_normalization",
            "model.decoder.final_layer_norm|decoder.final_layer_norm",
            "head",
            "lm_head",
            "attention.normalization",
            ".self_attn_layer_norm",
            "attention.query",
            ".self_attn.q_proj",
            "attention.key",
            ".self_attn.k_proj",
            "attention.value",
            ".self_attn.v_proj",
            "attention.output",
            ".self_attn.out_proj",
            "feed_forward.normalization",
            ".final_layer_norm",
            "feed_forward.up",
            ".fc1",
            "feed_forward.down",
            ".fc2");

    /// Bloom, and Falcon where one norm serves both branches.
    public static final Naming BLOOM = Naming.of(
            "transformer.h.{layer}|h.{layer}",
            "embedding.tokens",
            "transformer.word_embeddings|word_embeddings",
            "embedding.normalization",
            "transformer.word_embeddings_layernorm|word_embeddings_layernorm",
            "final_normalization",
            "transformer.ln_f|ln_f",
            "head",
            "lm_head",
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
            "feed_forward.up",
            ".mlp.dense_h_to_4h",
            "feed_forward.down",
            ".mlp.dense_4h_to_h");

    /// Falcon with a norm for each branch, of which GGUF files call the second one first.
    public static final Naming FALCON_TWO_NORMS = BLOOM.with(
                    "attention.normalization", ".ln_attn", "feed_forward.normalization", ".ln_mlp")
            .gguf("blk.{layer}", "attention.normalization", ".attn_norm_2", "feed_forward.normalization", ".attn_norm");

    public static final Naming MPT = Naming.of(
            "transformer.blocks.{layer}",
            "embedding.tokens",
            "transformer.wte",
            "final_normalization",
            "transformer.norm_f",
            "head",
            "lm_head",
            "attention.normalization",
            ".norm_1",
            "attention.query",
            ".attn.Wqkv",
            "attention.key",
            ".attn.Wqkv",
            "attention.value",
            ".attn.Wqkv",
            "attention.output",
            ".attn.out_proj",
            "feed_forward.normalization",
            ".norm_2",
            "feed_forward.up",
            ".ffn.up_proj",
            "feed_forward.down",
            ".ffn.down_proj");

    /// Phi 1 and 2 in today's files.
    public static final Naming PHI = Namings.LLAMA.with(
            "final_normalization", "model.final_layernorm",
            "attention.query_normalization", ".self_attn.q_layernorm",
            "attention.key_normalization", ".self_attn.k_layernorm",
            "attention.output", ".self_attn.dense",
            "feed_forward.up", ".mlp.fc1",
            "feed_forward.down", ".mlp.fc2");

    /// Phi 1 and 2 in their first files.
    public static final Naming PHI_MSFT = Naming.of(
            "transformer.h.{layer}",
            "embedding.tokens",
            "transformer.embd.wte",
            "final_normalization",
            "lm_head.ln",
            "head",
            "lm_head.linear",
            "attention.normalization",
            ".ln",
            "attention.query",
            ".mixer.Wqkv",
            "attention.key",
            ".mixer.Wqkv",
            "attention.value",
            ".mixer.Wqkv",
            "attention.output",
            ".mixer.out_proj",
            "feed_forward.up",
            ".mlp.fc1",
            "feed_forward.down",
            ".mlp.fc2");

    private GptNamings() {}

    private static Naming gpt2(String arrangement) {
        return Naming.of(
                "transformer.h.{layer}|h.{layer}",
                "embedding.tokens",
                "transformer.wte|wte",
                "embedding.positions",
                "transformer.wpe|wpe",
                "final_normalization",
                "transformer.ln_f|ln_f",
                "head",
                "lm_head",
                "attention.normalization",
                ".ln_1",
                "attention.query",
                arrangement + ".attn.c_attn",
                "attention.key",
                arrangement + ".attn.c_attn",
                "attention.value",
                arrangement + ".attn.c_attn",
                "attention.output",
                arrangement + ".attn.c_proj",
                "feed_forward.normalization",
                ".ln_2",
                "feed_forward.up",
                arrangement + ".mlp.c_fc",
                "feed_forward.down",
                arrangement + ".mlp.c_proj");
    }
}
