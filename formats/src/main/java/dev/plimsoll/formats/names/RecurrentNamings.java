package dev.plimsoll.formats.names;

/// The namings of state spaces, linear attention and their hybrids.
public final class RecurrentNamings {
    /// Mamba as published for Hugging Face's class: one mixer and one normalisation a layer.
    public static final Naming MAMBA = mamba(
            Namings.LLAMA
                    .under("backbone.layers.{layer}")
                    .with(
                            "embedding.tokens", "backbone.embeddings",
                            "final_normalization", "backbone.norm_f",
                            "head", "lm_head",
                            "recurrence.normalization", ".norm"),
            ".mixer");

    /// Mamba-2, whose input map also gives B, C and the time step.
    public static final Naming MAMBA_2 = grouped(MAMBA, ".mixer");

    /// Nemotron-H: attention, feed-forward networks and experts are mixers too.
    public static final Naming NEMOTRON_H = MAMBA_2.with(
            "attention.normalization", ".norm",
            "attention.query", ".mixer.q_proj",
            "attention.key", ".mixer.k_proj",
            "attention.value", ".mixer.v_proj",
            "attention.output", ".mixer.o_proj",
            "feed_forward.normalization", ".norm",
            "feed_forward.up", ".mixer.up_proj",
            "feed_forward.down", ".mixer.down_proj",
            "router", ".mixer.gate",
            "router.correction", ".mixer.gate.e_score_correction_bias",
            "experts.up", ".mixer.experts.{expert}.up_proj",
            "experts.down", ".mixer.experts.{expert}.down_proj",
            "experts.latent_down", ".mixer.fc1_latent_proj",
            "experts.latent_up", ".mixer.fc2_latent_proj",
            "shared_expert.up", ".mixer.shared_experts.up_proj",
            "shared_expert.down", ".mixer.shared_experts.down_proj",
            "prediction.embedding_normalization", ".enorm",
            "prediction.hidden_normalization", ".hnorm",
            "prediction.map", ".eh_proj",
            "prediction.output_normalization", ".final_layernorm");

    /// Jamba: Llama's attention, Mamba under `mamba`, everything else under `feed_forward`.
    public static final Naming JAMBA = mamba(feedForward(Namings.LLAMA), ".mamba")
            .with(
                    "recurrence.normalization", ".input_layernorm",
                    "recurrence.time_step_low_normalization", ".mamba.dt_layernorm",
                    "recurrence.b_normalization", ".mamba.b_layernorm",
                    "recurrence.c_normalization", ".mamba.c_layernorm",
                    "router", ".feed_forward.router",
                    "experts.gate", ".feed_forward.experts.{expert}.gate_proj",
                    "experts.up", ".feed_forward.experts.{expert}.up_proj",
                    "experts.down", ".feed_forward.experts.{expert}.down_proj");

    /// Falcon-H1 and Bamba: as Jamba, with Mamba-2.
    public static final Naming FALCON_H1 =
            grouped(feedForward(Namings.LLAMA), ".mamba").with("recurrence.normalization", ".input_layernorm");

    /// Granite 4: Granite's experts and Mamba-2.
    public static final Naming GRANITE_HYBRID =
            grouped(ExpertNamings.GRANITE, ".mamba").with("recurrence.normalization", ".input_layernorm");

    /// LFM2: short convolutions, and a normalisation named after what it follows.
    public static final Naming LFM2 = Namings.LLAMA.with(
            "final_normalization", "model.embedding_norm",
            "attention.normalization", ".operator_norm",
            "attention.output", ".self_attn.out_proj",
            "attention.query_normalization", ".self_attn.q_layernorm",
            "attention.key_normalization", ".self_attn.k_layernorm",
            "recurrence.normalization", ".operator_norm",
            "recurrence.b", ".conv.in_proj",
            "recurrence.c", ".conv.in_proj",
            "recurrence.input", ".conv.in_proj",
            "recurrence.convolution", ".conv.conv",
            "recurrence.output", ".conv.out_proj",
            "feed_forward.normalization", ".ffn_norm",
            "feed_forward.gate", ".feed_forward.w1",
            "feed_forward.up", ".feed_forward.w3",
            "feed_forward.down", ".feed_forward.w2",
            "router", ".feed_forward.gate",
            "router.correction", ".feed_forward.expert_bias",
            "experts.gate", ".feed_forward.experts.{expert}.w1",
            "experts.up", ".feed_forward.experts.{expert}.w3",
            "experts.down", ".feed_forward.experts.{expert}.w2");

    /// Qwen3-Next: the gated delta rule with two input maps, one convolution over query, key and value.
    public static final Naming QWEN3_NEXT = delta(ExpertNamings.QWEN)
            .with(
                    "recurrence.query", ".linear_attn.in_proj_qkvz",
                    "recurrence.key", ".linear_attn.in_proj_qkvz",
                    "recurrence.value", ".linear_attn.in_proj_qkvz",
                    "recurrence.gate", ".linear_attn.in_proj_qkvz",
                    "recurrence.beta", ".linear_attn.in_proj_ba",
                    "recurrence.time_step", ".linear_attn.in_proj_ba");

    /// Qwen3.5: the same with four input maps.
    public static final Naming QWEN3_5 = delta(ExpertNamings.QWEN)
            .with(
                    "recurrence.query", ".linear_attn.in_proj_qkv",
                    "recurrence.key", ".linear_attn.in_proj_qkv",
                    "recurrence.value", ".linear_attn.in_proj_qkv",
                    "recurrence.gate", ".linear_attn.in_proj_z",
                    "recurrence.beta", ".linear_attn.in_proj_b",
                    "recurrence.time_step", ".linear_attn.in_proj_a");

    /// Qwen's layers that predict a further token.
    public static Naming nextTokens(Naming decoder, String layerPrefix) {
        return decoder.under(layerPrefix)
                .with(
                        "prediction.embedding_normalization", "mtp.pre_fc_norm_embedding",
                        "prediction.hidden_normalization", "mtp.pre_fc_norm_hidden",
                        "prediction.map", "mtp.fc",
                        "prediction.output_normalization", "mtp.norm");
    }

    private RecurrentNamings() {}

    private static Naming feedForward(Naming naming) {
        return naming.with(
                "final_normalization", "model.final_layernorm",
                "feed_forward.normalization", ".pre_ff_layernorm",
                "feed_forward.gate", ".feed_forward.gate_proj",
                "feed_forward.up", ".feed_forward.up_proj",
                "feed_forward.down", ".feed_forward.down_proj");
    }

    private static Naming mamba(Naming naming, String at) {
        return naming.with(
                "recurrence.input", at + ".in_proj",
                "recurrence.gate", at + ".in_proj",
                "recurrence.convolution", at + ".conv1d",
                "recurrence.time_step_low", at + ".x_proj",
                "recurrence.b", at + ".x_proj",
                "recurrence.c", at + ".x_proj",
                "recurrence.time_step", at + ".dt_proj",
                "recurrence.decay", at + ".A_log",
                "recurrence.skip", at + ".D",
                "recurrence.output", at + ".out_proj");
    }

    private static Naming grouped(Naming naming, String at) {
        return mamba(naming, at)
                .with(
                        "recurrence.b", at + ".in_proj",
                        "recurrence.c", at + ".in_proj",
                        "recurrence.time_step", at + ".in_proj",
                        "recurrence.input_convolution", at + ".conv1d",
                        "recurrence.b_convolution", at + ".conv1d",
                        "recurrence.c_convolution", at + ".conv1d",
                        "recurrence.time_step_bias", at + ".dt_bias",
                        "recurrence.normalization_of_output", at + ".norm");
    }

    private static Naming delta(Naming naming) {
        return naming.with(
                "attention.gate", ".self_attn.q_proj",
                "recurrence.normalization", ".input_layernorm",
                "recurrence.query_convolution", ".linear_attn.conv1d",
                "recurrence.key_convolution", ".linear_attn.conv1d",
                "recurrence.value_convolution", ".linear_attn.conv1d",
                "recurrence.decay", ".linear_attn.A_log",
                "recurrence.time_step_bias", ".linear_attn.dt_bias",
                "recurrence.normalization_of_output", ".linear_attn.norm",
                "recurrence.output", ".linear_attn.out_proj");
    }
}
