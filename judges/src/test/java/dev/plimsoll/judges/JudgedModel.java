package dev.plimsoll.judges;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.model.architecture.Transformer;
import java.nio.charset.StandardCharsets;

/// A model of one layer, as the config of its family describes it and as PyTorch's operations do.
///
/// Sizes differ wherever a family lets them, so that axes taken for one another show.
enum JudgedModel {
    GPT_2("""
            {"model_type": "gpt2", "n_layer": 1, "n_embd": 40, "n_head": 5, "n_inner": 56, "n_positions": 24,
             "vocab_size": 61}""", (torch, tokens, targets) -> TorchModels.gpt2(torch, tokens, targets, 5)),
    LLAMA("""
            {"model_type": "llama", "num_hidden_layers": 1, "hidden_size": 40, "intermediate_size": 56,
             "num_attention_heads": 6, "num_key_value_heads": 3, "head_dim": 8, "vocab_size": 61}""", (torch, tokens, targets) -> TorchModels.llama(torch, tokens, targets, 6, 3)),
    MIXTURE_OF_EXPERTS("""
            {"model_type": "qwen2_moe", "num_hidden_layers": 1, "hidden_size": 40, "intermediate_size": 56,
             "moe_intermediate_size": 28, "shared_expert_intermediate_size": 36, "num_experts": 7,
             "num_experts_per_tok": 3, "norm_topk_prob": true, "num_attention_heads": 4, "num_key_value_heads": 2,
             "head_dim": 8, "vocab_size": 61}""", (torch, tokens, targets) -> TorchModels.experts(torch, tokens, targets, 4, 2, 3)),
    LATENT_ATTENTION("""
            {"model_type": "deepseek_v2", "num_hidden_layers": 1, "hidden_size": 40, "intermediate_size": 56,
             "num_attention_heads": 3, "q_lora_rank": 20, "kv_lora_rank": 12, "qk_nope_head_dim": 10,
             "qk_rope_head_dim": 6, "v_head_dim": 14, "n_routed_experts": 8, "num_experts_per_tok": 2,
             "moe_intermediate_size": 15, "first_k_dense_replace": 1, "vocab_size": 61}""", (torch, tokens, targets) -> TorchModels.latent(torch, tokens, targets, 3, 6));

    static final int VOCABULARY = 61;

    private final String config;
    private final TorchModels.Model inTorch;

    JudgedModel(String config, TorchModels.Model inTorch) {
        this.config = config;
        this.inTorch = inTorch;
    }

    Transformer described() {
        byte[] text = config.getBytes(StandardCharsets.UTF_8);
        return Families.describe(new Config(name(), (JsonObject) JsonReader.read(name(), text)));
    }

    TorchModels.Model inTorch() {
        return inTorch;
    }
}
