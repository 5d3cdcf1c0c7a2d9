package dev.plimsoll.formats.names;

/// The namings of models of an encoder and a decoder, which share the token table under one name.
public final class EncoderDecoderNamings {
    private static final String[] T5_ROWS = {
        "embedding.tokens",
        "shared|encoder.embed_tokens|decoder.embed_tokens",
        "head",
        "lm_head",
        "attention.normalization",
        ".layer.0.layer_norm",
        "attention.query",
        ".layer.0.SelfAttention.q",
        "attention.key",
        ".layer.0.SelfAttention.k",
        "attention.value",
        ".layer.0.SelfAttention.v",
        "attention.output",
        ".layer.0.SelfAttention.o",
        "attention.relative_positions",
        ".layer.0.SelfAttention.relative_attention_bias"
    };

    public static final Naming T5_ENCODER = Naming.of("encoder.block.{layer}", T5_ROWS)
            .with(
                    "encoder.relative_positions",
                    "encoder.block.0.layer.0.SelfAttention.relative_attention_bias",
                    "final_normalization",
                    "encoder.final_layer_norm",
                    "feed_forward.normalization",
                    ".layer.1.layer_norm",
                    "feed_forward.gate",
                    ".layer.1.DenseReluDense.wi_0",
                    "feed_forward.up",
                    ".layer.1.DenseReluDense.wi_1|.layer.1.DenseReluDense.wi",
                    "feed_forward.down",
                    ".layer.1.DenseReluDense.wo")
            .gguf(
                    "enc.blk.{layer}",
                    "final_normalization",
                    "enc.output_norm",
                    "attention.output",
                    ".attn_o",
                    "encoder.relative_positions",
                    "enc.blk.0.attn_rel_b",
                    "attention.relative_positions",
                    ".attn_rel_b");

    public static final Naming T5_DECODER = Naming.of("decoder.block.{layer}", T5_ROWS)
            .with(
                    "decoder.relative_positions",
                    "decoder.block.0.layer.0.SelfAttention.relative_attention_bias",
                    "final_normalization",
                    "decoder.final_layer_norm",
                    "cross_attention.normalization",
                    ".layer.1.layer_norm",
                    "cross_attention.query",
                    ".layer.1.EncDecAttention.q",
                    "cross_attention.key",
                    ".layer.1.EncDecAttention.k",
                    "cross_attention.value",
                    ".layer.1.EncDecAttention.v",
                    "cross_attention.output",
                    ".layer.1.EncDecAttention.o",
                    "feed_forward.normalization",
                    ".layer.2.layer_norm",
                    "feed_forward.gate",
                    ".layer.2.DenseReluDense.wi_0",
                    "feed_forward.up",
                    ".layer.2.DenseReluDense.wi_1|.layer.2.DenseReluDense.wi",
                    "feed_forward.down",
                    ".layer.2.DenseReluDense.wo")
            .gguf(
                    "dec.blk.{layer}",
                    "final_normalization",
                    "dec.output_norm",
                    "attention.output",
                    ".attn_o",
                    "decoder.relative_positions",
                    "dec.blk.0.attn_rel_b",
                    "attention.relative_positions",
                    ".attn_rel_b",
                    "cross_attention.normalization",
                    ".cross_attn_norm",
                    "cross_attention.query",
                    ".cross_attn_q",
                    "cross_attention.key",
                    ".cross_attn_k",
                    "cross_attention.value",
                    ".cross_attn_v",
                    "cross_attention.output",
                    ".cross_attn_o");

    private static final String[] BART_ROWS = {
        "embedding.tokens",
        "model.shared|model.encoder.embed_tokens|model.decoder.embed_tokens",
        "head",
        "lm_head",
        "attention.query",
        ".self_attn.q_proj",
        "attention.key",
        ".self_attn.k_proj",
        "attention.value",
        ".self_attn.v_proj",
        "attention.output",
        ".self_attn.out_proj",
        "attention.normalization",
        ".self_attn_layer_norm",
        "cross_attention.query",
        ".encoder_attn.q_proj",
        "cross_attention.key",
        ".encoder_attn.k_proj",
        "cross_attention.value",
        ".encoder_attn.v_proj",
        "cross_attention.output",
        ".encoder_attn.out_proj",
        "cross_attention.normalization",
        ".encoder_attn_layer_norm",
        "feed_forward.up",
        ".fc1",
        "feed_forward.down",
        ".fc2",
        "feed_forward.normalization",
        ".final_layer_norm"
    };

    public static final Naming BART_ENCODER = Naming.of("model.encoder.layers.{layer}", BART_ROWS)
            .with(
                    "embedding.positions",
                    "model.encoder.embed_positions",
                    "embedding.normalization",
                    "model.encoder.layernorm_embedding",
                    "final_normalization",
                    "model.encoder.layer_norm")
            .readAs("model.", "model.", "")
            .withoutGguf();

    public static final Naming BART_DECODER = Naming.of("model.decoder.layers.{layer}", BART_ROWS)
            .with(
                    "embedding.positions",
                    "model.decoder.embed_positions",
                    "embedding.normalization",
                    "model.decoder.layernorm_embedding",
                    "final_normalization",
                    "model.decoder.layer_norm")
            .readAs("model.", "model.", "")
            .withoutGguf();

    public static final Naming WHISPER_ENCODER = BART_ENCODER.with(
            "audio.convolution_1", "model.encoder.conv1",
            "audio.convolution_2", "model.encoder.conv2");

    public static final Naming WHISPER_DECODER = BART_DECODER.with(
            "embedding.tokens", "model.decoder.embed_tokens",
            "head", "proj_out");

    private EncoderDecoderNamings() {}
}
