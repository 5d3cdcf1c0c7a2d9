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
    void severalModelsInOneRepositoryAreListedToChooseFrom() {
        server.file("tiny-Q4_K_M.gguf", tiny("q4_0"))
                .file("tiny-Q8_0.gguf", tiny("q8_0"))
                .file("mmproj-F16.gguf", tiny("f16"));
        assertThatThrownBy(this::read)
                .isInstanceOfSatisfying(
                        InputException.class,
                        failure -> assertThat(failure.remedy())
                                .isEqualTo("Choose one, as in hf:acme/tiny:Q4_K_M, of Q4_K_M, Q8_0."))
                .hasMessageContaining("hf:acme/tiny: found 2 models", "tiny-Q4_K_M.gguf, tiny-Q8_0.gguf");
    }

    @Test
    void oneOfSeveralIsChosenByItsDataTypeOrByItsName() {
        server.file("tiny-Q4_K_M.gguf", tiny("q4_0"))
                .file("tiny-Q8_0.gguf", tiny("q8_0"))
                .file("BF16/tiny-BF16.gguf", tiny("bf16"));
        assertThat(type("hf:acme/tiny:Q4_K_M")).isEqualTo("q4_0");
        assertThat(type("hf:acme/tiny:q8_0")).as("in any case of letters").isEqualTo("q8_0");
        assertThat(type("hf:acme/tiny@main:bf16")).as("in a folder").isEqualTo("bf16");
        assertThat(type("hf:acme/tiny:tiny-Q8_0.gguf")).isEqualTo("q8_0");
        LoadedModel model = read("hf:acme/tiny:Q8_0");
        assertThat(model.name()).isEqualTo("acme/tiny:Q8_0");
        assertThat(model.source()).isEqualTo("hf:acme/tiny:Q8_0 at commit " + StubHub.COMMIT);
    }

    @Test
    void aPartOfADataTypesNameIsNoChoice() {
        server.file("tiny-Q4_K_M.gguf", tiny("q4_0")).file("tiny-IQ4_XS.gguf", tiny("q4_0"));
        for (String choice : new String[] {"Q4_K", "Q4_XS", "4_K_M", "Q5_0", "README.md"}) {
            assertThatThrownBy(() -> read("hf:acme/tiny:" + choice))
                    .as(choice)
                    .isInstanceOfSatisfying(
                            InputException.class,
                            failure -> assertThat(failure.remedy()).contains("of IQ4_XS, Q4_K_M."))
                    .hasMessageContaining(choice + ": found neither a file nor a data type");
        }
    }

    @Test
    void partsOfOneSplitFileInAFolderAreOneChoice() {
        server.file("Q4_K_M/tiny-Q4_K_M-00001-of-00002.gguf", part(0).bytes())
                .file("Q4_K_M/tiny-Q4_K_M-00002-of-00002.gguf", part(1).bytes());
        assertThat(read("hf:acme/tiny:Q4_K_M").checkpoint().orElseThrow().elements())
                .isEqualTo(2 * 320);
        assertThat(read("hf:acme/tiny").checkpoint().orElseThrow().elements())
                .as("the only one there is")
                .isEqualTo(2 * 320);
    }

    private static GgufWriter part(int number) {
        return new GgufWriter()
                .text("general.architecture", "not-yet")
                .u16("split.no", number)
                .u16("split.count", 2)
                .entry("split.tensors.count", 5, out -> out.writeBytes(new byte[] {2, 0, 0, 0}))
                .tensor("part" + number + ".weight", "f16", 10, 32);
    }

    private static byte[] tiny(String type) {
        return new GgufWriter()
                .text("general.architecture", "not-yet")
                .tensor("token_embd.weight", type, 10, 32)
                .bytes();
    }

    private String type(String reference) {
        return read(reference)
                .checkpoint()
                .orElseThrow()
                .tensors()
                .getFirst()
                .type()
                .name();
    }

    private LoadedModel read() {
        return read("hf:acme/tiny");
    }

    private LoadedModel read(String reference) {
        ModelReader reader = new ModelReader(
                InputStream.nullInputStream(), model -> server.hub(cache).open(model));
        return reader.read(reference);
    }
}
