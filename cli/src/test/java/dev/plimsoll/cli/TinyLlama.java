package dev.plimsoll.cli;

import dev.plimsoll.formats.fixtures.FixtureTensor;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.fixtures.TensorList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A model of two layers of 64, 8 query and 4 key/value heads of 8, in the files that models come in.
final class TinyLlama {
    static final String CONFIG = """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "hidden_size": 64,
              "intermediate_size": 192,
              "num_hidden_layers": 2,
              "num_attention_heads": 8,
              "num_key_value_heads": 4,
              "vocab_size": 512,
              "max_position_embeddings": 128,
              "tie_word_embeddings": false,
              "torch_dtype": "bfloat16"
            }
            """;

    static final long MATRICES = 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 192);
    static final long NORMS = (2 * 2 + 1) * 64;
    static final long PARAMETERS = 2 * 512 * 64 + MATRICES + NORMS;

    static final String TENSORS = """
            model.embed_tokens.weight                             BF16 512 64
            model.layers.{0..1}.self_attn.q_proj.weight           BF16 64 64
            model.layers.{0..1}.self_attn.k_proj.weight           BF16 32 64
            model.layers.{0..1}.self_attn.v_proj.weight           BF16 32 64
            model.layers.{0..1}.self_attn.o_proj.weight           BF16 64 64
            model.layers.{0..1}.mlp.gate_proj.weight              BF16 192 64
            model.layers.{0..1}.mlp.up_proj.weight                BF16 192 64
            model.layers.{0..1}.mlp.down_proj.weight              BF16 64 192
            model.layers.{0..1}.input_layernorm.weight            BF16 64
            model.layers.{0..1}.post_attention_layernorm.weight   BF16 64
            model.norm.weight                                     BF16 64
            lm_head.weight                                        BF16 512 64
            """;

    private static final String GGUF_TENSORS = """
            token_embd.weight                 q8_0 512 64
            blk.{0..1}.attn_norm.weight       f32  64
            blk.{0..1}.attn_q.weight          q4_0 64 64
            blk.{0..1}.attn_k.weight          q4_0 32 64
            blk.{0..1}.attn_v.weight          q4_0 32 64
            blk.{0..1}.attn_output.weight     q4_0 64 64
            blk.{0..1}.ffn_norm.weight        f32  64
            blk.{0..1}.ffn_gate.weight        q4_0 192 64
            blk.{0..1}.ffn_up.weight          q4_0 192 64
            blk.{0..1}.ffn_down.weight        q4_0 64 192
            output_norm.weight                f32  64
            output.weight                     q8_0 512 64
            rope_freqs.weight                 f32  4
            """;

    private TinyLlama() {}

    static List<FixtureTensor> tensors() {
        return TensorList.of(TENSORS);
    }

    /// Writes the config and one file of these tensors.
    static Path folder(Path folder, List<FixtureTensor> tensors) {
        write(folder.resolve("config.json"), CONFIG);
        file(folder.resolve("model.safetensors"), tensors);
        return folder;
    }

    /// Writes the config and two shards with their index.
    static Path sharded(Path folder) {
        write(folder.resolve("config.json"), CONFIG);
        List<FixtureTensor> all = tensors();
        List<String> entries = new ArrayList<>();
        for (int shard = 0; shard < 2; shard++) {
            String name = "part-of-two-" + shard + ".safetensors";
            List<FixtureTensor> half = all.subList(shard * all.size() / 2, (shard + 1) * all.size() / 2);
            file(folder.resolve(name), half);
            half.forEach(tensor -> entries.add("\"" + tensor.name() + "\": \"" + name + "\""));
        }
        return index(folder, entries.stream().collect(Collectors.joining(",\n")));
    }

    /// Writes an index of that weight map.
    static Path index(Path folder, String weightMap) {
        write(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\": {\"total_size\": " + 2 * PARAMETERS + "}, \"weight_map\": {" + weightMap + "}}");
        return folder;
    }

    static void file(Path file, List<FixtureTensor> tensors) {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach(writer::tensor);
        writer.write(file);
    }

    static void gguf(Path file) {
        GgufWriter metadata = new GgufWriter()
                .text("general.architecture", "llama")
                .u32("llama.block_count", 2)
                .u32("llama.context_length", 128)
                .u32("llama.embedding_length", 64)
                .u32("llama.feed_forward_length", 192)
                .u32("llama.attention.head_count", 8)
                .u32("llama.attention.head_count_kv", 4)
                .u32("llama.rope.dimension_count", 8)
                .f32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .tokens("tokenizer.ggml.tokens", 512);
        TensorList.gguf(metadata, GGUF_TENSORS).write(file);
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
