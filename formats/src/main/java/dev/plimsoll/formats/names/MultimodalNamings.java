package dev.plimsoll.formats.names;

/// The namings of the towers that belong to one language model each.
public final class MultimodalNamings {
    /// Qwen's towers and mergers, from Qwen2-VL to Qwen3.5.
    public static final Naming QWEN = TowerNamings.vision(
                    "visual.blocks.{layer}",
                    "embedding.patches",
                    "visual.patch_embed.proj",
                    "embedding.positions",
                    "visual.pos_embed",
                    "attention.normalization",
                    ".norm1",
                    "attention.query",
                    ".attn.qkv",
                    "attention.key",
                    ".attn.qkv",
                    "attention.value",
                    ".attn.qkv",
                    "attention.output",
                    ".attn.proj",
                    "feed_forward.normalization",
                    ".norm2",
                    "feed_forward.gate",
                    ".mlp.gate_proj",
                    "feed_forward.up",
                    ".mlp.fc1|.mlp.up_proj|.mlp.linear_fc1",
                    "feed_forward.down",
                    ".mlp.fc2|.mlp.down_proj|.mlp.linear_fc2",
                    "projector.normalization",
                    "visual.merger.ln_q|visual.merger.norm",
                    "projector.first",
                    "visual.merger.mlp.0|visual.merger.linear_fc1",
                    "projector.second",
                    "visual.merger.mlp.2|visual.merger.linear_fc2")
            .readAs("visual.", "visual.", "model.visual.")
            .gguf(
                    "v.blk.{layer}",
                    "projector.normalization",
                    "v.post_ln",
                    "projector.first",
                    "mm.0",
                    "projector.second",
                    "mm.2");

    public static final Naming LLAMA4 = TowerNamings.vision(
                    "vision_model.model.layers.{layer}",
                    "embedding.patches",
                    "vision_model.patch_embedding.linear",
                    "embedding.class.weight",
                    "vision_model.class_embedding",
                    "embedding.positions.weight",
                    "vision_model.positional_embedding_vlm",
                    "pre_normalization",
                    "vision_model.layernorm_pre",
                    "final_normalization",
                    "vision_model.layernorm_post",
                    "adapter.first",
                    "vision_model.vision_adapter.mlp.fc1",
                    "adapter.second",
                    "vision_model.vision_adapter.mlp.fc2",
                    "projector",
                    "multi_modal_projector.linear_1")
            .with(llamaLayer())
            .gguf(
                    "v.blk.{layer}",
                    "adapter.first",
                    "mm.model.mlp.1",
                    "adapter.second",
                    "mm.model.mlp.2",
                    "projector",
                    "mm.model.fc");

    /// Llama 3.2's tower, its local layers.
    public static final Naming MLLAMA = Naming.of(
                    "vision_model.transformer.layers.{layer}",
                    "embedding.patches",
                    "vision_model.patch_embedding",
                    "embedding.class.weight",
                    "vision_model.class_embedding",
                    "embedding.positions.weight",
                    "vision_model.gated_positional_embedding.embedding",
                    "tile_positions.gate.weight",
                    "vision_model.gated_positional_embedding.gate",
                    "tile_positions",
                    "vision_model.gated_positional_embedding.tile_embedding",
                    "tiles_before",
                    "vision_model.pre_tile_positional_embedding.embedding",
                    "tiles_before.gate.weight",
                    "vision_model.pre_tile_positional_embedding.gate",
                    "tiles_behind",
                    "vision_model.post_tile_positional_embedding.embedding",
                    "tiles_behind.gate.weight",
                    "vision_model.post_tile_positional_embedding.gate",
                    "pre_normalization",
                    "vision_model.layernorm_pre",
                    "final_normalization",
                    "vision_model.layernorm_post",
                    "attention.branch.weight",
                    ".gate_attn",
                    "feed_forward.branch.weight",
                    ".gate_ffn",
                    "projector",
                    "multi_modal_projector")
            .with(llamaLayer())
            .readAs("vision_model.", "vision_model.", "model.vision_model.")
            .readAs("multi_modal_projector", "multi_modal_projector", "model.multi_modal_projector")
            .withoutGguf();

    public static final Naming MLLAMA_GLOBAL = MLLAMA.under("vision_model.global_transformer.layers.{layer}");

    public static final Naming GEMMA4_VISION = TowerNamings.vision(
                    "vision_tower.encoder.layers.{layer}",
                    "embedding.patches",
                    "vision_tower.patch_embedder.input_proj",
                    "embedding.positions.weight",
                    "vision_tower.patch_embedder.position_embedding_table",
                    "attention.normalization",
                    ".input_layernorm",
                    "attention.output_normalization",
                    ".post_attention_layernorm",
                    "attention.query",
                    ".self_attn.q_proj.linear",
                    "attention.key",
                    ".self_attn.k_proj.linear",
                    "attention.value",
                    ".self_attn.v_proj.linear",
                    "attention.output",
                    ".self_attn.o_proj.linear",
                    "attention.query_normalization",
                    ".self_attn.q_norm",
                    "attention.key_normalization",
                    ".self_attn.k_norm",
                    "feed_forward.normalization",
                    ".pre_feedforward_layernorm",
                    "feed_forward.output_normalization",
                    ".post_feedforward_layernorm",
                    "feed_forward.gate",
                    ".mlp.gate_proj.linear",
                    "feed_forward.up",
                    ".mlp.up_proj.linear",
                    "feed_forward.down",
                    ".mlp.down_proj.linear",
                    "standardization.mean",
                    "vision_tower.std_bias",
                    "standardization.scale",
                    "vision_tower.std_scale",
                    "projector",
                    "embed_vision.embedding_projection")
            .readAs("vision_tower.", "model.vision_tower.", "vision_tower.")
            .readAs("embed_vision.", "model.embed_vision.", "embed_vision.")
            .gguf(
                    "v.blk.{layer}",
                    "standardization.mean",
                    "v.std_bias",
                    "standardization.scale",
                    "v.std_scale",
                    "projector",
                    "mm.input_projection");

    private MultimodalNamings() {}

    /// The naming of the merger behind a layer of Qwen3-VL's tower.
    ///
    /// @param number its place in the list of mergers, from 0
    /// @param layer the tower's layer it reads
    public static Naming qwenDeepMerger(int number, long layer) {
        return Naming.of(
                        "visual.deepstack_merger_list." + number,
                        "projector.normalization",
                        ".norm",
                        "projector.first",
                        ".linear_fc1",
                        "projector.second",
                        ".linear_fc2")
                .readAs("visual.", "visual.", "model.visual.")
                .gguf(
                        "v.deepstack." + layer,
                        "projector.normalization",
                        ".norm",
                        "projector.first",
                        ".fc1",
                        "projector.second",
                        ".fc2");
    }

    /// A text's naming with what Llama 3.2 has in the layers that look at the image.
    public static Naming withCrossAttention(Naming text) {
        return text.with(
                "cross_attention.normalization", ".input_layernorm",
                "cross_attention.query", ".cross_attn.q_proj",
                "cross_attention.key", ".cross_attn.k_proj",
                "cross_attention.value", ".cross_attn.v_proj",
                "cross_attention.output", ".cross_attn.o_proj",
                "cross_attention.query_normalization", ".cross_attn.q_norm",
                "cross_attention.key_normalization", ".cross_attn.k_norm",
                "cross_attention.branch.weight", ".cross_attn_attn_gate",
                "feed_forward.branch.weight", ".cross_attn_mlp_gate");
    }

    /// A text's naming with experts that are stacked in one tensor, inputs first.
    public static Naming withStackedExperts(Naming text) {
        return text.with(
                "experts.gate.weight", "^.mlp.experts.gate_up_proj",
                "experts.up.weight", "^.mlp.experts.gate_up_proj",
                "experts.down.weight", "^.mlp.experts.down_proj");
    }

    private static String[] llamaLayer() {
        return new String[] {
            "attention.normalization", ".input_layernorm",
            "attention.query", ".self_attn.q_proj",
            "attention.key", ".self_attn.k_proj",
            "attention.value", ".self_attn.v_proj",
            "attention.output", ".self_attn.o_proj",
            "feed_forward.normalization", ".post_attention_layernorm",
            "feed_forward.up", ".mlp.fc1",
            "feed_forward.down", ".mlp.fc2"
        };
    }
}
