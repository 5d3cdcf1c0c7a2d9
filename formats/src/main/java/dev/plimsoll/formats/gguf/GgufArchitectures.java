package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.gguf.GgufArchitecture.Difference;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The architectures of GGUF files and the families they belong to.
final class GgufArchitectures {
    private static final Difference SAME = keys -> {};
    private static final Map<String, GgufArchitecture> ALL = new TreeMap<>();

    static {
        likeTheirFamily();
        withOtherKeys();
        withExperts();
        withRecurrence();
        add("t5", "t5", GgufEncoders::t5);
        add("t5encoder", "t5", GgufEncoders::t5Encoder);
        add("deci", "nemotron-nas", GgufSearched::deci);
    }

    /// Architectures that the format names and no family here describes, with what stands in the way.
    private static final Map<String, String> NOT_DESCRIBED = Map.of(
            "gemma3n", "its layers keep several streams side by side (AltUp) and add low-rank branches (LAuReL)",
            "rwkv6", "its layers mix tokens by a recurrence of their own",
            "rwkv6qwen2", "its layers mix tokens by a recurrence of their own",
            "rwkv7", "its layers mix tokens by a recurrence of their own",
            "arwkv7", "its layers mix tokens by a recurrence of their own");

    private GgufArchitectures() {}

    /// What stands in the way of describing an architecture that is known by name only.
    static Optional<String> whyNotDescribed(String architecture) {
        return Optional.ofNullable(NOT_DESCRIBED.get(architecture));
    }

    static Optional<GgufArchitecture> find(String architecture) {
        return Optional.ofNullable(ALL.get(architecture));
    }

    private static void add(String architecture, String modelType, Difference difference) {
        ALL.put(architecture, new GgufArchitecture(modelType, difference));
    }

    /// The shared keys say all.
    private static void likeTheirFamily() {
        add("qwen", "qwen", SAME);
        add("qwen2", "qwen2", SAME);
        add("qwen3", "qwen3", SAME);
        add("gemma", "gemma", SAME);
        add("gemma2", "gemma2", SAME);
        add("phi3", "phi3", SAME);
        add("gptneox", "gpt_neox", keys -> keys.putTruth("use_parallel_residual", keys.flag("use_parallel_residual")));
        add("gptj", "gptj", SAME);
        add("gpt2", "gpt2", GgufArchitectures::innerWidth);
        add("bloom", "bloom", SAME);
        add("mistral3", "ministral3", SAME);
        add("starcoder2", "starcoder2", keys -> keys.putTruth("use_bias", keys.anyBlockHolds("attn_q.bias")));
        add("baichuan", "baichuan", SAME);
        add("internlm2", "internlm2", SAME);
        add("minicpm", "minicpm", SAME);
        add("orion", "orion", SAME);
        add("cohere2", "cohere2", SAME);
        add("olmo", "olmo", SAME);
        add("olmo2", "olmo2", GgufArchitectures::olmo2);
        add("granite", "granite", SAME);
        add("nemotron", "nemotron", SAME);
        add("exaone", "exaone", SAME);
        add("exaone4", "exaone4", SAME);
        add("smollm3", "smollm3", SAME);
        add("glm4", "glm4", SAME);
        add("apertus", "apertus", SAME);
        add("bert", "bert", GgufArchitectures::bert);
    }

    /// Keys or tensors of their own say more.
    private static void withOtherKeys() {
        add("phi2", "phi", SAME);
        add(
                "stablelm",
                "stablelm",
                keys -> keys.putTruth("use_qkv_bias", keys.anyBlockHolds("attn_q.bias"))
                        .putTruth("qk_layernorm", keys.anyBlockHolds("attn_q_norm.weight"))
                        .putTruth("use_parallel_residual", !keys.anyBlockHolds("ffn_norm.weight")));
        add("command-r", "cohere", keys -> keys.putTruth("use_qk_norm", keys.anyBlockHolds("attn_q_norm.weight")));
        add(
                "seed_oss",
                "seed_oss",
                keys -> keys.putTruth("attention_out_bias", keys.anyBlockHolds("attn_output.bias")));
        add("starcoder", "gpt_bigcode", keys -> {
            innerWidth(keys);
            keys.putTruth("multi_query", keys.wholeOr("attention.head_count_kv", 1) == 1);
        });
        add("falcon", "falcon", GgufArchitectures::falcon);
        add("mpt", "mpt", GgufArchitectures::mpt);
        add("chatglm", "chatglm", GgufArchitectures::chatGlm);
        add("gemma3", "gemma3_text", GgufWindows::gemma3);
        add("gemma4", "gemma4_text", GgufWindows::gemma4);
        add("minicpm3", "minicpm3", GgufExperts::latentAttention);
    }

    private static void withExperts() {
        add("llama", "llama", GgufExperts::llama);
        add("llama4", "llama4_text", GgufExperts::llama4);
        add("qwen2moe", "qwen2_moe", GgufExperts::qwen);
        add("qwen3moe", "qwen3_moe", GgufExperts::qwen);
        add("phimoe", "phimoe", keys -> {
            GgufExperts.local(keys);
            keys.putTruth("lm_head_bias", keys.holds("output.bias"));
        });
        add("granitemoe", "granitemoe", GgufExperts::granite);
        add(
                "olmoe",
                "olmoe",
                keys -> keys.copy("num_experts", "expert_count").copy("num_experts_per_tok", "expert_used_count"));
        add("gpt-oss", "gpt_oss", GgufExperts::gptOss);
        add("minimax-m2", "minimax_m2", keys -> {
            GgufExperts.local(keys);
            keys.copy("intermediate_size", "expert_feed_forward_length");
        });
        add("dbrx", "dbrx", GgufExperts::dbrx);
        add("deepseek", "deepseek", GgufExperts::deepSeek);
        add("deepseek2", "deepseek_v2", keys -> {
            GgufExperts.deepSeek(keys);
            GgufExperts.latentAttention(keys);
        });
        add("dots1", "dots1", GgufExperts::deepSeek);
        add("bailingmoe", "bailing_moe", GgufExperts::bailing);
        add("glm4moe", "glm4_moe", keys -> {
            GgufExperts.deepSeek(keys);
            keys.putTruth("use_qk_norm", keys.anyBlockHolds("attn_q_norm.weight"));
        });
    }

    private static void withRecurrence() {
        add("mamba", "mamba", GgufRecurrences::mamba);
        add("mamba2", "mamba2", GgufRecurrences::mamba2);
        add("jamba", "jamba", GgufRecurrences::jamba);
        add("lfm2", "lfm2", GgufRecurrences::lfm2);
        add("falcon-h1", "falcon_h1", GgufRecurrences::falconH1);
        add("granitehybrid", "granitemoehybrid", GgufRecurrences::graniteHybrid);
        add("nemotron_h", "nemotron_h", GgufRecurrences::nemotronH);
        add("nemotron_h_moe", "nemotron_h", GgufRecurrences::nemotronH);
        add("qwen3next", "qwen3_next", GgufRecurrences::qwenNext);
        add("qwen35", "qwen3_5_text", GgufRecurrences::qwenNext);
        add("qwen35moe", "qwen3_5_moe_text", GgufRecurrences::qwenNext);
    }

    private static void innerWidth(GgufKeys keys) {
        keys.copy("n_inner", "feed_forward_length").copy("n_positions", "context_length");
    }

    /// OLMo 3 goes by OLMo 2's name and has windows besides.
    private static void olmo2(GgufKeys keys) {
        if (keys.whole("attention.sliding_window").isPresent()) {
            keys.put("model_type", "olmo3");
        }
    }

    private static void bert(GgufKeys keys) {
        keys.tensor("token_types.weight")
                .ifPresent(table -> keys.put(
                        "type_vocab_size",
                        table.elements() / Math.max(1, table.sizes().getLast())));
        keys.tensor("position_embd.weight")
                .ifPresent(table ->
                        keys.put("max_position_embeddings", table.sizes().getFirst()));
    }

    /// Two norms before the branches mean the newer architecture, in which keys and values have several heads.
    private static void falcon(GgufKeys keys) {
        boolean twoNorms = keys.anyBlockHolds("attn_norm_2.weight");
        boolean several = keys.wholeOr("attention.head_count_kv", 1) > 1;
        keys.putTruth("new_decoder_architecture", twoNorms || several)
                .put("num_ln_in_parallel_attn", twoNorms ? 2 : 1)
                .putTruth("multi_query", true)
                .putTruth("bias", keys.anyBlockHolds("attn_qkv.bias"))
                .copy("num_kv_heads", "attention.head_count_kv")
                .copy("ffn_hidden_size", "feed_forward_length");
    }

    private static void mpt(GgufKeys keys) {
        long hidden = keys.wholeOr("embedding_length", 1);
        keys.put("expansion_ratio", keys.wholeOr("feed_forward_length", 4 * hidden) / Math.max(1, hidden))
                .putTruth("no_bias", !keys.anyBlockHolds("attn_qkv.bias"));
    }

    private static void chatGlm(GgufKeys keys) {
        keys.putTruth("multi_query_attention", true)
                .copy("multi_query_group_num", "attention.head_count_kv")
                .copy("ffn_hidden_size", "feed_forward_length")
                .putTruth("add_qkv_bias", keys.anyBlockHolds("attn_qkv.bias") || keys.anyBlockHolds("attn_q.bias"))
                .putTruth("add_bias_linear", false);
        keys.vocabulary().ifPresent(rows -> keys.put("padded_vocab_size", rows));
    }
}
