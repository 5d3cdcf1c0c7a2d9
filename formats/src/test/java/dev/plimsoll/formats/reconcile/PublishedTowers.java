package dev.plimsoll.formats.reconcile;

/// The tensors of published models with towers, recurrent layers, two stacks or fused matrices, written out from their
/// indexes.
final class PublishedTowers {
    /// google/gemma-3-4b-it: a SigLIP tower and a projection beside the text.
    static final String GEMMA_3_4B = """
            multi_modal_projector.mm_input_projection_weight                                BF16 1152 2560
            multi_modal_projector.mm_soft_emb_norm.weight                                   BF16 1152
            vision_tower.vision_model.embeddings.patch_embedding.weight                     BF16 1152 3 14 14
            vision_tower.vision_model.embeddings.patch_embedding.bias                       BF16 1152
            vision_tower.vision_model.embeddings.position_embedding.weight                  BF16 4096 1152
            vision_tower.vision_model.encoder.layers.{0..26}.layer_norm1.weight             BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.layer_norm1.bias               BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.layer_norm2.weight             BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.layer_norm2.bias               BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.mlp.fc1.weight                 BF16 4304 1152
            vision_tower.vision_model.encoder.layers.{0..26}.mlp.fc1.bias                   BF16 4304
            vision_tower.vision_model.encoder.layers.{0..26}.mlp.fc2.weight                 BF16 1152 4304
            vision_tower.vision_model.encoder.layers.{0..26}.mlp.fc2.bias                   BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.q_proj.weight        BF16 1152 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.q_proj.bias          BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.k_proj.weight        BF16 1152 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.k_proj.bias          BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.v_proj.weight        BF16 1152 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.v_proj.bias          BF16 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.out_proj.weight      BF16 1152 1152
            vision_tower.vision_model.encoder.layers.{0..26}.self_attn.out_proj.bias        BF16 1152
            vision_tower.vision_model.post_layernorm.weight                                 BF16 1152
            vision_tower.vision_model.post_layernorm.bias                                   BF16 1152
            language_model.model.embed_tokens.weight                                        BF16 262208 2560
            language_model.model.layers.{0..33}.input_layernorm.weight                      BF16 2560
            language_model.model.layers.{0..33}.self_attn.q_proj.weight                     BF16 2048 2560
            language_model.model.layers.{0..33}.self_attn.k_proj.weight                     BF16 1024 2560
            language_model.model.layers.{0..33}.self_attn.v_proj.weight                     BF16 1024 2560
            language_model.model.layers.{0..33}.self_attn.o_proj.weight                     BF16 2560 2048
            language_model.model.layers.{0..33}.self_attn.q_norm.weight                     BF16 256
            language_model.model.layers.{0..33}.self_attn.k_norm.weight                     BF16 256
            language_model.model.layers.{0..33}.post_attention_layernorm.weight             BF16 2560
            language_model.model.layers.{0..33}.pre_feedforward_layernorm.weight            BF16 2560
            language_model.model.layers.{0..33}.mlp.gate_proj.weight                        BF16 10240 2560
            language_model.model.layers.{0..33}.mlp.up_proj.weight                          BF16 10240 2560
            language_model.model.layers.{0..33}.mlp.down_proj.weight                        BF16 2560 10240
            language_model.model.layers.{0..33}.post_feedforward_layernorm.weight           BF16 2560
            language_model.model.norm.weight                                                BF16 2560
            """;

    /// Qwen/Qwen2.5-VL-7B-Instruct.
    static final String QWEN_2_5_VL_7B = """
            visual.patch_embed.proj.weight                         BF16 1280 3 2 14 14
            visual.blocks.{0..31}.norm1.weight                     BF16 1280
            visual.blocks.{0..31}.attn.qkv.weight                  BF16 3840 1280
            visual.blocks.{0..31}.attn.qkv.bias                    BF16 3840
            visual.blocks.{0..31}.attn.proj.weight                 BF16 1280 1280
            visual.blocks.{0..31}.attn.proj.bias                   BF16 1280
            visual.blocks.{0..31}.norm2.weight                     BF16 1280
            visual.blocks.{0..31}.mlp.gate_proj.weight             BF16 3420 1280
            visual.blocks.{0..31}.mlp.gate_proj.bias               BF16 3420
            visual.blocks.{0..31}.mlp.up_proj.weight               BF16 3420 1280
            visual.blocks.{0..31}.mlp.up_proj.bias                 BF16 3420
            visual.blocks.{0..31}.mlp.down_proj.weight             BF16 1280 3420
            visual.blocks.{0..31}.mlp.down_proj.bias               BF16 1280
            visual.merger.ln_q.weight                              BF16 1280
            visual.merger.mlp.0.weight                             BF16 5120 5120
            visual.merger.mlp.0.bias                               BF16 5120
            visual.merger.mlp.2.weight                             BF16 3584 5120
            visual.merger.mlp.2.bias                               BF16 3584
            model.embed_tokens.weight                              BF16 152064 3584
            model.layers.{0..27}.input_layernorm.weight            BF16 3584
            model.layers.{0..27}.self_attn.q_proj.weight           BF16 3584 3584
            model.layers.{0..27}.self_attn.q_proj.bias             BF16 3584
            model.layers.{0..27}.self_attn.k_proj.weight           BF16 512 3584
            model.layers.{0..27}.self_attn.k_proj.bias             BF16 512
            model.layers.{0..27}.self_attn.v_proj.weight           BF16 512 3584
            model.layers.{0..27}.self_attn.v_proj.bias             BF16 512
            model.layers.{0..27}.self_attn.o_proj.weight           BF16 3584 3584
            model.layers.{0..27}.post_attention_layernorm.weight   BF16 3584
            model.layers.{0..27}.mlp.gate_proj.weight              BF16 18944 3584
            model.layers.{0..27}.mlp.up_proj.weight                BF16 18944 3584
            model.layers.{0..27}.mlp.down_proj.weight              BF16 3584 18944
            model.norm.weight                                      BF16 3584
            lm_head.weight                                         BF16 152064 3584
            """;

    /// microsoft/Phi-3-mini-4k-instruct: fused projections.
    static final String PHI_3_MINI = """
            model.embed_tokens.weight                              BF16 32064 3072
            model.layers.{0..31}.input_layernorm.weight            BF16 3072
            model.layers.{0..31}.self_attn.qkv_proj.weight         BF16 9216 3072
            model.layers.{0..31}.self_attn.o_proj.weight           BF16 3072 3072
            model.layers.{0..31}.post_attention_layernorm.weight   BF16 3072
            model.layers.{0..31}.mlp.gate_up_proj.weight           BF16 16384 3072
            model.layers.{0..31}.mlp.down_proj.weight              BF16 3072 8192
            model.norm.weight                                      BF16 3072
            lm_head.weight                                         BF16 32064 3072
            """;

    /// tiiuae/falcon-7b: one key and value head fused with 71 query heads; the tied head stored again.
    static final String FALCON_7B = """
            transformer.word_embeddings.weight                                     BF16 65024 4544
            transformer.h.{0..31}.input_layernorm.weight                           BF16 4544
            transformer.h.{0..31}.input_layernorm.bias                             BF16 4544
            transformer.h.{0..31}.self_attention.query_key_value.weight            BF16 4672 4544
            transformer.h.{0..31}.self_attention.dense.weight                      BF16 4544 4544
            transformer.h.{0..31}.mlp.dense_h_to_4h.weight                         BF16 18176 4544
            transformer.h.{0..31}.mlp.dense_4h_to_h.weight                         BF16 4544 18176
            transformer.ln_f.weight                                                BF16 4544
            transformer.ln_f.bias                                                  BF16 4544
            lm_head.weight                                                         BF16 65024 4544
            """;

    /// state-spaces/mamba-2.8b-hf.
    static final String MAMBA_2_8B = """
            backbone.embeddings.weight                        F32 50280 2560
            backbone.layers.{0..63}.norm.weight               F32 2560
            backbone.layers.{0..63}.mixer.in_proj.weight      F32 10240 2560
            backbone.layers.{0..63}.mixer.conv1d.weight       F32 5120 1 4
            backbone.layers.{0..63}.mixer.conv1d.bias         F32 5120
            backbone.layers.{0..63}.mixer.x_proj.weight       F32 192 5120
            backbone.layers.{0..63}.mixer.dt_proj.weight      F32 5120 160
            backbone.layers.{0..63}.mixer.dt_proj.bias        F32 5120
            backbone.layers.{0..63}.mixer.A_log               F32 5120 16
            backbone.layers.{0..63}.mixer.D                   F32 5120
            backbone.layers.{0..63}.mixer.out_proj.weight     F32 2560 5120
            backbone.norm_f.weight                            F32 2560
            """;

    /// google-t5/t5-small: the token table under three names.
    static final String T5_SMALL = """
            shared.weight                                                             F32 32128 512
            encoder.embed_tokens.weight                                               F32 32128 512
            decoder.embed_tokens.weight                                               F32 32128 512
            encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight      F32 32 8
            decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight      F32 32 8
            encoder.block.{0..5}.layer.0.SelfAttention.q.weight                       F32 512 512
            encoder.block.{0..5}.layer.0.SelfAttention.k.weight                       F32 512 512
            encoder.block.{0..5}.layer.0.SelfAttention.v.weight                       F32 512 512
            encoder.block.{0..5}.layer.0.SelfAttention.o.weight                       F32 512 512
            encoder.block.{0..5}.layer.0.layer_norm.weight                            F32 512
            encoder.block.{0..5}.layer.1.DenseReluDense.wi.weight                     F32 2048 512
            encoder.block.{0..5}.layer.1.DenseReluDense.wo.weight                     F32 512 2048
            encoder.block.{0..5}.layer.1.layer_norm.weight                            F32 512
            encoder.final_layer_norm.weight                                           F32 512
            decoder.block.{0..5}.layer.0.SelfAttention.q.weight                       F32 512 512
            decoder.block.{0..5}.layer.0.SelfAttention.k.weight                       F32 512 512
            decoder.block.{0..5}.layer.0.SelfAttention.v.weight                       F32 512 512
            decoder.block.{0..5}.layer.0.SelfAttention.o.weight                       F32 512 512
            decoder.block.{0..5}.layer.0.layer_norm.weight                            F32 512
            decoder.block.{0..5}.layer.1.EncDecAttention.q.weight                     F32 512 512
            decoder.block.{0..5}.layer.1.EncDecAttention.k.weight                     F32 512 512
            decoder.block.{0..5}.layer.1.EncDecAttention.v.weight                     F32 512 512
            decoder.block.{0..5}.layer.1.EncDecAttention.o.weight                     F32 512 512
            decoder.block.{0..5}.layer.1.layer_norm.weight                            F32 512
            decoder.block.{0..5}.layer.2.DenseReluDense.wi.weight                     F32 2048 512
            decoder.block.{0..5}.layer.2.DenseReluDense.wo.weight                     F32 512 2048
            decoder.block.{0..5}.layer.2.layer_norm.weight                            F32 512
            decoder.final_layer_norm.weight                                           F32 512
            """;

    private PublishedTowers() {}
}
