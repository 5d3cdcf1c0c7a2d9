package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.TensorList;
import dev.plimsoll.formats.model.Description;
import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.model.ModelReader;
import dev.plimsoll.formats.reconcile.Reconciliation;
import dev.plimsoll.model.failure.InputException;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole models, read from a hub on this machine.
class HubReadingTest {
    private static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
             "num_attention_heads": 2, "vocab_size": 10, "tie_word_embeddings": true}
            """;
    private static final String TENSORS = """
            model.embed_tokens.weight                       F32 10 32
            model.layers.0.self_attn.q_proj.weight          F32 32 32
            model.layers.0.self_attn.k_proj.weight          F32 32 32
            model.layers.0.self_attn.v_proj.weight          F32 32 32
            model.layers.0.self_attn.o_proj.weight          F32 32 32
            model.layers.0.mlp.gate_proj.weight             F32 64 32
            model.layers.0.mlp.up_proj.weight               F32 64 32
            model.layers.0.mlp.down_proj.weight             F32 32 64
            model.layers.0.input_layernorm.weight           F32 32
            model.layers.0.post_attention_layernorm.weight  F32 32
            model.norm.weight                               F32 32
            """;
    private static final long PARAMETERS = 10 * 32 + 4 * 32 * 32 + 3 * 64 * 32 + 3 * 32;

    private final StubHub server = new StubHub();

    @TempDir
    private Path cache;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void configAndTensorsAreFetchedAndSetSideBySide() {
        server.file("config.json", CONFIG)
                .file("model.safetensors", TensorList.safetensors(TENSORS).bytes())
                .file("onnx/model.onnx", "elsewhere")
                .file("README.md", "# Tiny");
        LoadedModel model = read();
        assertThat(model.name()).isEqualTo("acme/tiny");
        assertThat(model.source()).isEqualTo("hf:acme/tiny at commit " + StubHub.COMMIT);
        assertThat(model.reconciliation())
                .map(Reconciliation::logicalParameters)
                .contains(PARAMETERS);
    }

    @Test
    void aGgufDescribesItself() {
        GgufWriter writer =
                new GgufWriter().text("general.architecture", "not-yet").tensor("token_embd.weight", "f16", 10, 32);
        server.file("tiny-f16.gguf", writer.bytes());
        LoadedModel model = read();
        assertThat(model.description())
                .isEqualTo(new Description.Unknown("not known: GGUF architecture 'not-yet' is no known one"));
        assertThat(model.checkpoint().orElseThrow().elements()).isEqualTo(320);
    }

    @Test
    void aQuantisationBesideTheConfigIsFetchedToo() {
        server.file("config.json", CONFIG)
                .file("hf_quant_config.json", "{\"quantization\": {\"quant_algo\": \"FP8\"}}");
        assertThat(read().quantization()).map(found -> found.describe()).contains("modelopt, 8 bits");
    }

    @Test
    void severalModelsInOneRepositoryAreNamed() {
        server.file("tiny-q4.gguf", new GgufWriter().bytes()).file("tiny-q8.gguf", new GgufWriter().bytes());
        assertThatThrownBy(this::read)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tiny-q4.gguf, tiny-q8.gguf");
    }

    private LoadedModel read() {
        ModelReader reader = new ModelReader(
                InputStream.nullInputStream(), reference -> server.hub(cache).open(HubModel.parse(reference)));
        return reader.read("hf:acme/tiny");
    }
}
