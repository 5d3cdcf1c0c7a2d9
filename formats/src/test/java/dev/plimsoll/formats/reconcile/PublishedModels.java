package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.fixtures.GgufWriter;

/// The tensors of published models, written out from their indexes and headers, not from a description: names, types
/// and shapes as Hugging Face's files have them, and as llama.cpp's conversions have them.
final class PublishedModels {
    /// meta-llama/Llama-2-7b-hf, with the rotary frequencies that its first files stored.
    static final String LLAMA_2_7B = """
            model.embed_tokens.weight                              F16  32000 4096
            model.layers.{0..31}.self_attn.q_proj.weight           F16  4096 4096
            model.layers.{0..31}.self_attn.k_proj.weight           F16  4096 4096
            model.layers.{0..31}.self_attn.v_proj.weight           F16  4096 4096
            model.layers.{0..31}.self_attn.o_proj.weight           F16  4096 4096
            model.layers.{0..31}.self_attn.rotary_emb.inv_freq     F32  64
            model.layers.{0..31}.mlp.gate_proj.weight              F16  11008 4096
            model.layers.{0..31}.mlp.up_proj.weight                F16  11008 4096
            model.layers.{0..31}.mlp.down_proj.weight              F16  4096 11008
            model.layers.{0..31}.input_layernorm.weight            F16  4096
            model.layers.{0..31}.post_attention_layernorm.weight   F16  4096
            model.norm.weight                                      F16  4096
            lm_head.weight                                         F16  32000 4096
            """;

    static final String LLAMA_2_7B_GGUF = """
            token_embd.weight                 q4_k 32000 4096
            blk.{0..31}.attn_norm.weight      f32  4096
            blk.{0..31}.attn_q.weight         q4_k 4096 4096
            blk.{0..31}.attn_k.weight         q4_k 4096 4096
            blk.{0..31}.attn_v.weight         q6_k 4096 4096
            blk.{0..31}.attn_output.weight    q4_k 4096 4096
            blk.{0..31}.ffn_norm.weight       f32  4096
            blk.{0..31}.ffn_gate.weight       q4_k 11008 4096
            blk.{0..31}.ffn_up.weight         q4_k 11008 4096
            blk.{0..31}.ffn_down.weight       q6_k 4096 11008
            output_norm.weight                f32  4096
            output.weight                     q6_k 32000 4096
            rope_freqs.weight                 f32  64
            """;

    /// openai-community/gpt2: matrices inputs first, and the causal mask of each layer.
    static final String GPT2 = """
            wte.weight                       F32  50257 768
            wpe.weight                       F32  1024 768
            h.{0..11}.ln_1.weight            F32  768
            h.{0..11}.ln_1.bias              F32  768
            h.{0..11}.attn.bias              F32  1 1 1024 1024
            h.{0..11}.attn.c_attn.weight     F32  768 2304
            h.{0..11}.attn.c_attn.bias       F32  2304
            h.{0..11}.attn.c_proj.weight     F32  768 768
            h.{0..11}.attn.c_proj.bias       F32  768
            h.{0..11}.ln_2.weight            F32  768
            h.{0..11}.ln_2.bias              F32  768
            h.{0..11}.mlp.c_fc.weight        F32  768 3072
            h.{0..11}.mlp.c_fc.bias          F32  3072
            h.{0..11}.mlp.c_proj.weight      F32  3072 768
            h.{0..11}.mlp.c_proj.bias        F32  768
            ln_f.weight                      F32  768
            ln_f.bias                        F32  768
            """;

    static final String GPT2_GGUF = """
            token_embd.weight                 f16  50257 768
            position_embd.weight              f32  1024 768
            blk.{0..11}.attn_norm.weight      f32  768
            blk.{0..11}.attn_norm.bias        f32  768
            blk.{0..11}.attn_qkv.weight       f16  2304 768
            blk.{0..11}.attn_qkv.bias         f32  2304
            blk.{0..11}.attn_output.weight    f16  768 768
            blk.{0..11}.attn_output.bias      f32  768
            blk.{0..11}.ffn_norm.weight       f32  768
            blk.{0..11}.ffn_norm.bias         f32  768
            blk.{0..11}.ffn_up.weight         f16  3072 768
            blk.{0..11}.ffn_up.bias           f32  3072
            blk.{0..11}.ffn_down.weight       f16  768 3072
            blk.{0..11}.ffn_down.bias         f32  768
            output_norm.weight                f32  768
            output_norm.bias                  f32  768
            """;

    /// mistralai/Mixtral-8x7B-v0.1.
    static final String MIXTRAL_8X7B = """
            model.embed_tokens.weight                                       BF16 32000 4096
            model.layers.{0..31}.self_attn.q_proj.weight                    BF16 4096 4096
            model.layers.{0..31}.self_attn.k_proj.weight                    BF16 1024 4096
            model.layers.{0..31}.self_attn.v_proj.weight                    BF16 1024 4096
            model.layers.{0..31}.self_attn.o_proj.weight                    BF16 4096 4096
            model.layers.{0..31}.block_sparse_moe.gate.weight               BF16 8 4096
            model.layers.{0..31}.block_sparse_moe.experts.{0..7}.w1.weight  BF16 14336 4096
            model.layers.{0..31}.block_sparse_moe.experts.{0..7}.w2.weight  BF16 4096 14336
            model.layers.{0..31}.block_sparse_moe.experts.{0..7}.w3.weight  BF16 14336 4096
            model.layers.{0..31}.input_layernorm.weight                     BF16 4096
            model.layers.{0..31}.post_attention_layernorm.weight            BF16 4096
            model.norm.weight                                               BF16 4096
            lm_head.weight                                                  BF16 32000 4096
            """;

    static final String MIXTRAL_8X7B_GGUF = """
            token_embd.weight                  q4_k 32000 4096
            blk.{0..31}.attn_norm.weight       f32  4096
            blk.{0..31}.attn_q.weight          q4_k 4096 4096
            blk.{0..31}.attn_k.weight          q8_0 1024 4096
            blk.{0..31}.attn_v.weight          q8_0 1024 4096
            blk.{0..31}.attn_output.weight     q4_k 4096 4096
            blk.{0..31}.ffn_norm.weight        f32  4096
            blk.{0..31}.ffn_gate_inp.weight    f32  8 4096
            blk.{0..31}.ffn_gate_exps.weight   q4_k 8 14336 4096
            blk.{0..31}.ffn_up_exps.weight     q4_k 8 14336 4096
            blk.{0..31}.ffn_down_exps.weight   q6_k 8 4096 14336
            output_norm.weight                 f32  4096
            output.weight                      q6_k 32000 4096
            """;

    /// google/gemma-3-1b-it: tied, norms around each branch, normalised query and key heads of 256.
    static final String GEMMA_3_1B = """
            model.embed_tokens.weight                                 BF16 262144 1152
            model.layers.{0..25}.input_layernorm.weight               BF16 1152
            model.layers.{0..25}.self_attn.q_proj.weight              BF16 1024 1152
            model.layers.{0..25}.self_attn.k_proj.weight              BF16 256 1152
            model.layers.{0..25}.self_attn.v_proj.weight              BF16 256 1152
            model.layers.{0..25}.self_attn.o_proj.weight              BF16 1152 1024
            model.layers.{0..25}.self_attn.q_norm.weight              BF16 256
            model.layers.{0..25}.self_attn.k_norm.weight              BF16 256
            model.layers.{0..25}.post_attention_layernorm.weight      BF16 1152
            model.layers.{0..25}.pre_feedforward_layernorm.weight     BF16 1152
            model.layers.{0..25}.mlp.gate_proj.weight                 BF16 6912 1152
            model.layers.{0..25}.mlp.up_proj.weight                   BF16 6912 1152
            model.layers.{0..25}.mlp.down_proj.weight                 BF16 1152 6912
            model.layers.{0..25}.post_feedforward_layernorm.weight    BF16 1152
            model.norm.weight                                         BF16 1152
            """;

    static final String GEMMA_3_1B_GGUF = """
            token_embd.weight                         q8_0 262144 1152
            blk.{0..25}.attn_norm.weight              f32  1152
            blk.{0..25}.attn_q.weight                 q8_0 1024 1152
            blk.{0..25}.attn_k.weight                 q8_0 256 1152
            blk.{0..25}.attn_v.weight                 q8_0 256 1152
            blk.{0..25}.attn_output.weight            q8_0 1152 1024
            blk.{0..25}.attn_q_norm.weight            f32  256
            blk.{0..25}.attn_k_norm.weight            f32  256
            blk.{0..25}.post_attention_norm.weight    f32  1152
            blk.{0..25}.ffn_norm.weight               f32  1152
            blk.{0..25}.ffn_gate.weight               q8_0 6912 1152
            blk.{0..25}.ffn_up.weight                 q8_0 6912 1152
            blk.{0..25}.ffn_down.weight               q8_0 1152 6912
            blk.{0..25}.post_ffw_norm.weight          f32  1152
            output_norm.weight                        f32  1152
            """;

    /// Qwen/Qwen3-30B-A3B: an expert a tensor.
    static final String QWEN3_30B_A3B = """
            model.embed_tokens.weight                                       BF16 151936 2048
            model.layers.{0..47}.self_attn.q_proj.weight                    BF16 4096 2048
            model.layers.{0..47}.self_attn.k_proj.weight                    BF16 512 2048
            model.layers.{0..47}.self_attn.v_proj.weight                    BF16 512 2048
            model.layers.{0..47}.self_attn.o_proj.weight                    BF16 2048 4096
            model.layers.{0..47}.self_attn.q_norm.weight                    BF16 128
            model.layers.{0..47}.self_attn.k_norm.weight                    BF16 128
            model.layers.{0..47}.mlp.gate.weight                            BF16 128 2048
            model.layers.{0..47}.mlp.experts.{0..127}.gate_proj.weight      BF16 768 2048
            model.layers.{0..47}.mlp.experts.{0..127}.up_proj.weight        BF16 768 2048
            model.layers.{0..47}.mlp.experts.{0..127}.down_proj.weight      BF16 2048 768
            model.layers.{0..47}.input_layernorm.weight                     BF16 2048
            model.layers.{0..47}.post_attention_layernorm.weight            BF16 2048
            model.norm.weight                                               BF16 2048
            lm_head.weight                                                  BF16 151936 2048
            """;

    static final String QWEN3_30B_A3B_GGUF = """
            token_embd.weight                  q4_k 151936 2048
            blk.{0..47}.attn_norm.weight       f32  2048
            blk.{0..47}.attn_q.weight          q4_k 4096 2048
            blk.{0..47}.attn_k.weight          q4_k 512 2048
            blk.{0..47}.attn_v.weight          q6_k 512 2048
            blk.{0..47}.attn_output.weight     q4_k 2048 4096
            blk.{0..47}.attn_q_norm.weight     f32  128
            blk.{0..47}.attn_k_norm.weight     f32  128
            blk.{0..47}.ffn_norm.weight        f32  2048
            blk.{0..47}.ffn_gate_inp.weight    f32  128 2048
            blk.{0..47}.ffn_gate_exps.weight   q4_k 128 768 2048
            blk.{0..47}.ffn_up_exps.weight     q4_k 128 768 2048
            blk.{0..47}.ffn_down_exps.weight   q6_k 128 2048 768
            output_norm.weight                 f32  2048
            output.weight                      q6_k 151936 2048
            """;

    /// google-bert/bert-base-uncased: norms under their first names, and the heads it was trained with.
    static final String BERT_BASE = """
            bert.embeddings.word_embeddings.weight                        F32 30522 768
            bert.embeddings.position_embeddings.weight                    F32 512 768
            bert.embeddings.token_type_embeddings.weight                  F32 2 768
            bert.embeddings.LayerNorm.gamma                               F32 768
            bert.embeddings.LayerNorm.beta                                F32 768
            bert.encoder.layer.{0..11}.attention.self.query.weight        F32 768 768
            bert.encoder.layer.{0..11}.attention.self.query.bias          F32 768
            bert.encoder.layer.{0..11}.attention.self.key.weight          F32 768 768
            bert.encoder.layer.{0..11}.attention.self.key.bias            F32 768
            bert.encoder.layer.{0..11}.attention.self.value.weight        F32 768 768
            bert.encoder.layer.{0..11}.attention.self.value.bias          F32 768
            bert.encoder.layer.{0..11}.attention.output.dense.weight      F32 768 768
            bert.encoder.layer.{0..11}.attention.output.dense.bias        F32 768
            bert.encoder.layer.{0..11}.attention.output.LayerNorm.gamma   F32 768
            bert.encoder.layer.{0..11}.attention.output.LayerNorm.beta    F32 768
            bert.encoder.layer.{0..11}.intermediate.dense.weight          F32 3072 768
            bert.encoder.layer.{0..11}.intermediate.dense.bias            F32 3072
            bert.encoder.layer.{0..11}.output.dense.weight                F32 768 3072
            bert.encoder.layer.{0..11}.output.dense.bias                  F32 768
            bert.encoder.layer.{0..11}.output.LayerNorm.gamma             F32 768
            bert.encoder.layer.{0..11}.output.LayerNorm.beta              F32 768
            bert.pooler.dense.weight                                      F32 768 768
            bert.pooler.dense.bias                                        F32 768
            cls.predictions.bias                                          F32 30522
            cls.predictions.transform.dense.weight                        F32 768 768
            cls.predictions.transform.dense.bias                          F32 768
            cls.predictions.transform.LayerNorm.gamma                     F32 768
            cls.predictions.transform.LayerNorm.beta                      F32 768
            cls.seq_relationship.weight                                   F32 2 768
            cls.seq_relationship.bias                                     F32 2
            """;

    static final String BERT_BASE_GGUF = """
            token_embd.weight                         f16  30522 768
            position_embd.weight                      f32  512 768
            token_types.weight                        f32  2 768
            token_embd_norm.weight                    f32  768
            token_embd_norm.bias                      f32  768
            blk.{0..11}.attn_q.weight                 f16  768 768
            blk.{0..11}.attn_q.bias                   f32  768
            blk.{0..11}.attn_k.weight                 f16  768 768
            blk.{0..11}.attn_k.bias                   f32  768
            blk.{0..11}.attn_v.weight                 f16  768 768
            blk.{0..11}.attn_v.bias                   f32  768
            blk.{0..11}.attn_output.weight            f16  768 768
            blk.{0..11}.attn_output.bias              f32  768
            blk.{0..11}.attn_output_norm.weight       f32  768
            blk.{0..11}.attn_output_norm.bias         f32  768
            blk.{0..11}.ffn_up.weight                 f16  3072 768
            blk.{0..11}.ffn_up.bias                   f32  3072
            blk.{0..11}.ffn_down.weight               f16  768 3072
            blk.{0..11}.ffn_down.bias                 f32  768
            blk.{0..11}.layer_output_norm.weight      f32  768
            blk.{0..11}.layer_output_norm.bias        f32  768
            """;

    /// openai/gpt-oss-20b: experts in MXFP4, blocks and scales apart.
    static final String GPT_OSS_20B = """
            model.embed_tokens.weight                                  BF16 201088 2880
            model.layers.{0..23}.input_layernorm.weight                BF16 2880
            model.layers.{0..23}.self_attn.q_proj.weight               BF16 4096 2880
            model.layers.{0..23}.self_attn.q_proj.bias                 BF16 4096
            model.layers.{0..23}.self_attn.k_proj.weight               BF16 512 2880
            model.layers.{0..23}.self_attn.k_proj.bias                 BF16 512
            model.layers.{0..23}.self_attn.v_proj.weight               BF16 512 2880
            model.layers.{0..23}.self_attn.v_proj.bias                 BF16 512
            model.layers.{0..23}.self_attn.o_proj.weight               BF16 2880 4096
            model.layers.{0..23}.self_attn.o_proj.bias                 BF16 2880
            model.layers.{0..23}.self_attn.sinks                       BF16 64
            model.layers.{0..23}.post_attention_layernorm.weight       BF16 2880
            model.layers.{0..23}.mlp.router.weight                     BF16 32 2880
            model.layers.{0..23}.mlp.router.bias                       BF16 32
            model.layers.{0..23}.mlp.experts.gate_up_proj_blocks       U8   32 5760 90 16
            model.layers.{0..23}.mlp.experts.gate_up_proj_scales       U8   32 5760 90
            model.layers.{0..23}.mlp.experts.gate_up_proj_bias         BF16 32 5760
            model.layers.{0..23}.mlp.experts.down_proj_blocks          U8   32 2880 90 16
            model.layers.{0..23}.mlp.experts.down_proj_scales          U8   32 2880 90
            model.layers.{0..23}.mlp.experts.down_proj_bias            BF16 32 2880
            model.norm.weight                                          BF16 2880
            lm_head.weight                                             BF16 201088 2880
            """;

    static final String GPT_OSS_20B_GGUF = """
            token_embd.weight                         bf16  201088 2880
            blk.{0..23}.attn_norm.weight              f32   2880
            blk.{0..23}.attn_q.weight                 bf16  4096 2880
            blk.{0..23}.attn_q.bias                   f32   4096
            blk.{0..23}.attn_k.weight                 bf16  512 2880
            blk.{0..23}.attn_k.bias                   f32   512
            blk.{0..23}.attn_v.weight                 bf16  512 2880
            blk.{0..23}.attn_v.bias                   f32   512
            blk.{0..23}.attn_output.weight            bf16  2880 4096
            blk.{0..23}.attn_output.bias              f32   2880
            blk.{0..23}.attn_sinks.weight             f32   64
            blk.{0..23}.post_attention_norm.weight    f32   2880
            blk.{0..23}.ffn_gate_inp.weight           f32   32 2880
            blk.{0..23}.ffn_gate_inp.bias             f32   32
            blk.{0..23}.ffn_gate_exps.weight          mxfp4 32 2880 2880
            blk.{0..23}.ffn_gate_exps.bias            f32   32 2880
            blk.{0..23}.ffn_up_exps.weight            mxfp4 32 2880 2880
            blk.{0..23}.ffn_up_exps.bias              f32   32 2880
            blk.{0..23}.ffn_down_exps.weight          mxfp4 32 2880 2880
            blk.{0..23}.ffn_down_exps.bias            f32   32 2880
            output_norm.weight                        f32   2880
            output.weight                             bf16  201088 2880
            """;

    /// EleutherAI/pythia-1.4b: a causal mask and rotary frequencies in each layer.
    static final String PYTHIA_1_4B = """
            gpt_neox.embed_in.weight                                           F16  50304 2048
            gpt_neox.layers.{0..23}.input_layernorm.weight                     F16  2048
            gpt_neox.layers.{0..23}.input_layernorm.bias                       F16  2048
            gpt_neox.layers.{0..23}.post_attention_layernorm.weight            F16  2048
            gpt_neox.layers.{0..23}.post_attention_layernorm.bias              F16  2048
            gpt_neox.layers.{0..23}.attention.bias                             BOOL 1 1 2048 2048
            gpt_neox.layers.{0..23}.attention.rotary_emb.inv_freq              F16  16
            gpt_neox.layers.{0..23}.attention.query_key_value.weight           F16  6144 2048
            gpt_neox.layers.{0..23}.attention.query_key_value.bias             F16  6144
            gpt_neox.layers.{0..23}.attention.dense.weight                     F16  2048 2048
            gpt_neox.layers.{0..23}.attention.dense.bias                       F16  2048
            gpt_neox.layers.{0..23}.mlp.dense_h_to_4h.weight                   F16  8192 2048
            gpt_neox.layers.{0..23}.mlp.dense_h_to_4h.bias                     F16  8192
            gpt_neox.layers.{0..23}.mlp.dense_4h_to_h.weight                   F16  2048 8192
            gpt_neox.layers.{0..23}.mlp.dense_4h_to_h.bias                     F16  2048
            gpt_neox.final_layer_norm.weight                                   F16  2048
            gpt_neox.final_layer_norm.bias                                     F16  2048
            embed_out.weight                                                   F16  50304 2048
            """;

    /// Qwen/Qwen3-0.6B: tied, and the head stored again.
    static final String QWEN3_0_6B = """
            model.embed_tokens.weight                              BF16 151936 1024
            model.layers.{0..27}.self_attn.q_proj.weight           BF16 2048 1024
            model.layers.{0..27}.self_attn.k_proj.weight           BF16 1024 1024
            model.layers.{0..27}.self_attn.v_proj.weight           BF16 1024 1024
            model.layers.{0..27}.self_attn.o_proj.weight           BF16 1024 2048
            model.layers.{0..27}.self_attn.q_norm.weight           BF16 128
            model.layers.{0..27}.self_attn.k_norm.weight           BF16 128
            model.layers.{0..27}.mlp.gate_proj.weight              BF16 3072 1024
            model.layers.{0..27}.mlp.up_proj.weight                BF16 3072 1024
            model.layers.{0..27}.mlp.down_proj.weight              BF16 1024 3072
            model.layers.{0..27}.input_layernorm.weight            BF16 1024
            model.layers.{0..27}.post_attention_layernorm.weight   BF16 1024
            model.norm.weight                                      BF16 1024
            lm_head.weight                                         BF16 151936 1024
            """;

    private PublishedModels() {}

    /// Metadata under an architecture: `key=number` for whole numbers, as llama.cpp's conversions write them.
    static GgufWriter metadata(String architecture, String keys) {
        GgufWriter writer = new GgufWriter().text("general.architecture", architecture);
        keys.lines().filter(line -> !line.isBlank()).map(String::strip).forEach(line -> {
            int equals = line.indexOf('=');
            writer.u32(architecture + "." + line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        });
        return writer;
    }
}
