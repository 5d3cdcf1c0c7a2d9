package dev.plimsoll.examples;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.model.architecture.Transformer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The model that the examples train: wired like Llama, a token for each byte of ASCII.
///
/// With `h = 64`, `f = 192`, 4 query heads and 2 key/value heads of 16, 3 layers:
/// `128 h + 3 (2 h² + 2 · 32 h + 3 h f + 2 h) + h = 156,096` parameters.
final class SmallLlama {
    /// The longest text that it is trained on; beyond, it writes nonsense.
    static final int TOKENS = 96;
    static final String CONFIG = """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "dtype": "float32",
              "vocab_size": 128,
              "hidden_size": 64,
              "intermediate_size": 192,
              "num_hidden_layers": 3,
              "num_attention_heads": 4,
              "num_key_value_heads": 2,
              "max_position_embeddings": 96,
              "rms_norm_eps": 1e-05,
              "rope_theta": 10000.0,
              "attention_bias": false,
              "mlp_bias": false,
              "hidden_act": "silu",
              "tie_word_embeddings": true
            }
            """;

    private SmallLlama() {}

    static Transformer description() {
        InputStream config = new ByteArrayInputStream(CONFIG.getBytes(StandardCharsets.UTF_8));
        return Families.describe(new Config("small llama", ConfigFile.read("small llama", config)));
    }
}
