package dev.plimsoll.formats.names;

/// The namings of vision towers and of what leads from them to the text.
public final class TowerNamings {
    private static final String[] GGUF_ROWS = {
        "embedding.patches", "v.patch_embd",
        "embedding.class.weight", "v.class_embd",
        "embedding.positions", "v.position_embd",
        "pre_normalization", "v.pre_ln",
        "final_normalization", "v.post_ln",
        "attention.normalization", ".ln1",
        "attention.query", ".attn_q|.attn_qkv",
        "attention.key", ".attn_k|.attn_qkv",
        "attention.value", ".attn_v|.attn_qkv",
        "attention.output", ".attn_out",
        "attention.output_normalization", ".attn_post_norm",
        "feed_forward.normalization", ".ln2",
        "feed_forward.output_normalization", ".ffn_post_norm",
        "feed_forward.gate", ".ffn_gate"
    };

    /// CLIP's vision tower; SigLIP's too, which lacks a class token and a first norm.
    public static final Naming CLIP_VISION = vision(
                    "vision_model.encoder.layers.{layer}",
                    "embedding.patches",
                    "vision_model.embeddings.patch_embedding",
                    "embedding.class.weight",
                    "vision_model.embeddings.class_embedding",
                    "embedding.positions",
                    "vision_model.embeddings.position_embedding",
                    "pre_normalization",
                    "vision_model.pre_layrnorm",
                    "final_normalization",
                    "vision_model.post_layernorm")
            .with(clipLayer())
            .readAs(
                    "vision_model.",
                    "vision_model.",
                    "vision_tower.vision_model.",
                    "model.vision_tower.vision_model.",
                    "model.vision_tower.");

    public static final Naming CLIP_TEXT = Naming.of(
                    "text_model.encoder.layers.{layer}",
                    "embedding.tokens",
                    "text_model.embeddings.token_embedding",
                    "embedding.positions",
                    "text_model.embeddings.position_embedding",
                    "final_normalization",
                    "text_model.final_layer_norm",
                    "text_projection",
                    "text_projection|text_model.head",
                    "vision_projection",
                    "visual_projection",
                    "similarity.scale.weight",
                    "logit_scale",
                    "similarity.shift.weight",
                    "logit_bias")
            .with(clipLayer())
            .withoutGguf();

    /// SigLIP's pooling by attention, the projections of queries, keys and values in one tensor.
    public static final Naming SIGLIP_POOLER = Naming.of(
                    "vision_model.head",
                    "probe.weight",
                    "vision_model.head.probe",
                    "cross_attention.query.weight",
                    ".attention.in_proj_weight",
                    "cross_attention.key.weight",
                    ".attention.in_proj_weight",
                    "cross_attention.value.weight",
                    ".attention.in_proj_weight",
                    "cross_attention.query.bias",
                    ".attention.in_proj_bias",
                    "cross_attention.key.bias",
                    ".attention.in_proj_bias",
                    "cross_attention.value.bias",
                    ".attention.in_proj_bias",
                    "cross_attention.output",
                    ".attention.out_proj",
                    "feed_forward.normalization",
                    ".layernorm",
                    "feed_forward.up",
                    ".mlp.fc1",
                    "feed_forward.down",
                    ".mlp.fc2")
            .withoutGguf();

    public static final Naming VIT = Naming.of(
                    "vit.encoder.layer.{layer}",
                    "embedding.patches",
                    "vit.embeddings.patch_embeddings.projection",
                    "embedding.class.weight",
                    "vit.embeddings.cls_token",
                    "embedding.positions.weight",
                    "vit.embeddings.position_embeddings",
                    "final_normalization",
                    "vit.layernorm",
                    "attention.normalization",
                    ".layernorm_before",
                    "attention.query",
                    ".attention.attention.query",
                    "attention.key",
                    ".attention.attention.key",
                    "attention.value",
                    ".attention.attention.value",
                    "attention.output",
                    ".attention.output.dense",
                    "feed_forward.normalization",
                    ".layernorm_after",
                    "feed_forward.up",
                    ".intermediate.dense",
                    "feed_forward.down",
                    ".output.dense",
                    "classifier",
                    "classifier")
            .readAs("vit.", "vit.", "")
            .withoutGguf();

    /// Pixtral's tower, and the merger and projector that Mistral puts behind it.
    public static final Naming PIXTRAL = vision(
                    "vision_tower.transformer.layers.{layer}",
                    "embedding.patches",
                    "vision_tower.patch_conv",
                    "pre_normalization",
                    "vision_tower.ln_pre",
                    "attention.normalization",
                    ".attention_norm",
                    "attention.query",
                    ".attention.q_proj",
                    "attention.key",
                    ".attention.k_proj",
                    "attention.value",
                    ".attention.v_proj",
                    "attention.output",
                    ".attention.o_proj",
                    "feed_forward.normalization",
                    ".ffn_norm",
                    "feed_forward.gate",
                    ".feed_forward.gate_proj",
                    "feed_forward.up",
                    ".feed_forward.up_proj",
                    "feed_forward.down",
                    ".feed_forward.down_proj")
            .readAs("vision_tower.", "vision_tower.", "model.vision_tower.", "");

    /// What stands between tower and text in LLaVA, Mistral 3 and Gemma 3.
    public static final Naming PROJECTOR = Naming.of(
                    "multi_modal_projector",
                    "projector.first",
                    ".linear_1",
                    "projector.second",
                    ".linear_2",
                    "projector.normalization",
                    ".norm|.mm_soft_emb_norm",
                    "projector.merger",
                    ".patch_merger.merging_layer",
                    "projector.weight",
                    "^.mm_input_projection_weight")
            .readAs("multi_modal_projector", "multi_modal_projector", "model.multi_modal_projector")
            .gguf(
                    "",
                    "projector.first",
                    "mm.1|mm.0",
                    "projector.second",
                    "mm.2",
                    "projector.normalization",
                    "mm.input_norm|mm.soft_emb_norm",
                    "projector.merger",
                    "mm.patch_merger",
                    "projector.weight",
                    "mm.input_projection.weight");

    private TowerNamings() {}

    /// A tower's naming, with the rows that GGUF files have for all towers.
    static Naming vision(String layerPrefix, String... rows) {
        return Naming.of(layerPrefix, rows).gguf("v.blk.{layer}", GGUF_ROWS);
    }

    private static String[] clipLayer() {
        return new String[] {
            "attention.normalization",
            ".layer_norm1",
            "attention.query",
            ".self_attn.q_proj",
            "attention.key",
            ".self_attn.k_proj",
            "attention.value",
            ".self_attn.v_proj",
            "attention.output",
            ".self_attn.out_proj",
            "feed_forward.normalization",
            ".layer_norm2",
            "feed_forward.up",
            ".mlp.fc1",
            "feed_forward.down",
            ".mlp.fc2"
        };
    }
}
