package dev.plimsoll.formats.gguf;

import java.util.List;

/// Architectures of an encoder, with a decoder behind it or alone, whose tensors have prefixes of their own.
final class GgufEncoders {
    private GgufEncoders() {}

    /// T5 and its kin. A table of scores by distance in every layer means UMT5; a gate in the feed-forward network T5's
    /// second version.
    static void t5(GgufKeys keys) {
        if (keys.holds("enc.blk.1.attn_rel_b.weight")) {
            keys.put("model_type", "umt5");
        }
        keys.copy("num_decoder_layers", "decoder_block_count")
                .copy("d_ff", "feed_forward_length")
                .copy("d_kv", "attention.key_length")
                .copy("relative_attention_num_buckets", "attention.relative_buckets_count")
                .copyReal("layer_norm_epsilon", "attention.layer_norm_rms_epsilon")
                .put("feed_forward_proj", keys.holds("enc.blk.0.ffn_gate.weight") ? "gated-gelu" : "relu");
    }

    static void t5Encoder(GgufKeys keys) {
        t5(keys);
        keys.putTexts("architectures", List.of("T5EncoderModel"));
    }
}
