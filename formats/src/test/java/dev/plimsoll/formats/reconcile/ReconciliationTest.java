package dev.plimsoll.formats.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.formats.fixtures.TensorList;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.formats.reconcile.Extra.Kind;
import dev.plimsoll.formats.safetensors.SafetensorsFile;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A Llama of two layers: width 128, 4 query heads and 2 key/value heads of 32, 256 inner, 512 tokens.
class ReconciliationTest {
    private static final Transformer LLAMA = describe("""
            {"model_type": "llama", "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 512, "tie_word_embeddings": false}
            """);
    private static final String QUERY = "model.layers.{0..1}.self_attn.q_proj.weight          BF16 128 128\n";
    private static final String REST = """
            model.embed_tokens.weight                            BF16 512 128
            model.layers.{0..1}.self_attn.k_proj.weight          BF16 64 128
            model.layers.{0..1}.self_attn.v_proj.weight          BF16 64 128
            model.layers.{0..1}.self_attn.o_proj.weight          BF16 128 128
            model.layers.{0..1}.mlp.gate_proj.weight             BF16 256 128
            model.layers.{0..1}.mlp.up_proj.weight               BF16 256 128
            model.layers.{0..1}.mlp.down_proj.weight             BF16 128 256
            model.layers.{0..1}.input_layernorm.weight           BF16 128
            model.layers.{0..1}.post_attention_layernorm.weight  BF16 128
            model.norm.weight                                    BF16 128
            lm_head.weight                                       BF16 512 128
            """;
    private static final long PARAMETERS = 2 * 512 * 128 // token table and head
            + 2 * (2 * 128 * 128 + 2 * 64 * 128 + 3 * 256 * 128 + 2 * 128) // layers
            + 128;

    /// The queries of both layers packed: what carries them, and what lies beside it.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            gptq 4-bit               | qweight I32 16 128, qzeros I32 1 16, scales F16 1 128, g_idx I32 128
            gptq 8-bit               | qweight I32 32 128, qzeros I32 1 32, scales F16 1 128, g_idx I32 128
            gptq 3-bit               | qweight I32 12 128, qzeros I32 1 12, scales F16 1 128, g_idx I32 128
            awq 4-bit                | qweight I32 128 16, qzeros I32 1 16, scales F16 1 128
            bitsandbytes 4-bit       | weight U8 8192 1, weight.absmax F32 256, weight.quant_map F32 16, weight.quant_state.bitsandbytes__nf4 U8 80
            bitsandbytes 4-bit       | weight U8 8192 1, weight.absmax U8 256, weight.nested_absmax F32 1, weight.nested_quant_map F32 256, weight.quant_map F32 16
            nvfp4 4-bit              | weight U8 128 64, weight_scale F8_E4M3 128 8, weight_scale_2 F32, input_scale F32
            nvfp4 4-bit              | weight_packed U8 128 64, weight_scale F8_E4M3 128 8, weight_global_scale F32 1, input_global_scale F32 1
            compressed-tensors 4-bit | weight_packed I32 128 16, weight_scale BF16 128 1, weight_shape I64 2
            compressed-tensors 8-bit | weight_packed I32 128 32, weight_scale BF16 128 1, weight_shape I64 2
            mlx 4-bit                | weight U32 128 16, scales F16 128 2, biases F16 128 2
            hqq 4-bit                | W_q U8 64 128, scale F16 128, zero F16 128
            quanto 4-bit             | weight._data U8 64 128, weight._scale BF16 128 1, weight._shift BF16 128 1
            i8                       | weight._data I8 128 128, weight._scale BF16 128 1, input_scale F32, output_scale F32
            bitnet 2-bit             | weight U8 32 128, weight_scale BF16 1
            exl2 4-bit               | q_weight I32 16 128, q_scale I32 1 16, q_scale_max F16 1, q_groups I16 2, q_invperm I16 128
            aqlm 2-bit               | codes I16 128 16 1, codebooks F16 1 65536 1 8, scales F16 128 1 1 1
            f8_e4m3                  | weight F8_E4M3 128 128, weight_scale_inv F32 1 1
            f8_e4m3                  | weight F8_E4M3 128 128, weight_scale F32 128 1, input_scale F32
            i8                       | weight I8 128 128, SCB F32 128, weight_format U8
            """)
    void aPackedMatrixCountsAsItsParameters(String form, String stored) {
        StringBuilder packed = new StringBuilder(REST);
        for (String tensor : stored.split(", ", -1)) {
            packed.append("model.layers.{0..1}.self_attn.q_proj.")
                    .append(tensor)
                    .append('\n');
        }
        Reconciliation found = reconcile(packed.toString());
        assertThat(found.logicalParameters()).isEqualTo(PARAMETERS);
        assertThat(found.forms())
                .extracting(WeightForm::name, WeightForm::parameters, WeightForm::tensors)
                .containsExactlyInAnyOrder(
                        tuple(form, 2L * 128 * 128, 2L), tuple("bf16", PARAMETERS - 2 * 128 * 128, 2L * 8 + 3));
        assertThat(found.extras()).allSatisfy(extra -> assertThat(extra.kind()).isIn(Kind.SCALE, Kind.PACKING));
        assertThat(found.extras().stream().mapToLong(Extra::tensors).sum())
                .isEqualTo(2L * (stored.split(", ", -1).length - 1));
        assertThat(found.besideBytes())
                .isEqualTo(found.extras().stream().map(Extra::bytes).reduce(Bytes.ZERO, Bytes::plus));
    }

    @Test
    void scalesOfFurtherTokensLayersAreNotTheTexts() {
        Reconciliation found = reconcile(REST
                + QUERY.replace("BF16", "F8_E4M3")
                + "model.layers.{0..1}.self_attn.q_proj.weight_scale_inv F32 1 1\n"
                + "model.layers.2.self_attn.q_proj.weight F8_E4M3 128 128\n"
                + "model.layers.2.self_attn.q_proj.weight_scale_inv F32 1 1\n");
        assertThat(found.besideBytes()).isEqualTo(new Bytes(2 * 4));
    }

    /// MLX packs the tables too.
    @Test
    void aPackedTableCountsAsItsParameters() {
        Reconciliation found = reconcile(QUERY
                + REST.replaceAll("(?m)^(model.embed_tokens|lm_head).*\n", "")
                + "model.embed_tokens.weight U32 512 16\n"
                + "model.embed_tokens.scales BF16 512 2\n"
                + "model.embed_tokens.biases BF16 512 2\n"
                + "lm_head.weight U32 512 16\n"
                + "lm_head.scales BF16 512 2\n"
                + "lm_head.biases BF16 512 2\n");
        assertThat(found.logicalParameters()).isEqualTo(PARAMETERS);
        assertThat(found.besideBytes()).isEqualTo(new Bytes(4 * 512 * 2 * 2));
    }

    @Test
    void fusedAndSeparateTensorsHoldTheSame() {
        String fused = REST.replaceAll("(?m)^.*(k_proj|v_proj|gate_proj|up_proj).*\n", "")
                + "model.layers.{0..1}.self_attn.qkv_proj.weight BF16 256 128\n"
                + "model.layers.{0..1}.mlp.gate_up_proj.weight BF16 512 128\n";
        assertThat(reconcile(fused).logicalParameters()).isEqualTo(PARAMETERS);
        assertThat(reconcile(fused).extras()).isEmpty();
    }

    @Test
    void fusedQuantisedTensorsAreUnpackedTogether() {
        String fused = REST.replaceAll("(?m)^.*(k_proj|v_proj).*\n", "")
                + "model.layers.{0..1}.self_attn.qkv_proj.qweight I32 16 256\n"
                + "model.layers.{0..1}.self_attn.qkv_proj.scales F16 1 256\n";
        assertThat(reconcile(fused).logicalParameters()).isEqualTo(PARAMETERS);
    }

    /// The same weights, as they were saved from inside other models.
    @ParameterizedTest
    @ValueSource(strings = {"model.language_model.", "language_model.model.", "thinker.model.", "base.llm.", ""})
    void theWrappingOfNamesIsFound(String prefix) {
        String wrapped = (QUERY + REST).replaceAll("(?m)^model\\.", prefix);
        String outer = prefix.startsWith("language_model.") ? "language_model." : "";
        Reconciliation found = reconcile(wrapped.replaceAll("(?m)^lm_head", outer + "lm_head"));
        assertThat(found.logicalParameters()).isEqualTo(PARAMETERS);
        assertThat(found.extras()).isEmpty();
    }

    @Test
    void aTowersTensorsAreNeverTakenForTheTexts() {
        String tower = REST.replaceAll("(?m)^model\\.(?!layers)[^\n]*\n|^lm_head[^\n]*\n", "") + QUERY;
        String renamed = tower.replace("model.layers", "vision_tower.model.layers");
        assertThatThrownBy(() -> reconcile(renamed))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model.embed_tokens.weight: not there, expected [512, 128]");
        Reconciliation both = reconcile(QUERY + REST + renamed);
        assertThat(both.logicalParameters()).isEqualTo(PARAMETERS);
        assertThat(both.extras()).extracting(Extra::kind).containsOnly(Kind.TOWER);
    }

    /// Each further tensor is listed by its pattern under what it is.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            model.layers.{0..1}.self_attn.rotary_emb.inv_freq  F32 16       | BUFFER                 | model.layers.{n}.self_attn.rotary_emb.inv_freq
            model.layers.{0..1}.self_attn.attn.bias            BOOL 1 1 8 8 | BUFFER                 | model.layers.{n}.self_attn.attn.bias
            model.layers.{0..1}.attn.masked_bias               F32          | BUFFER                 | model.layers.{n}.attn.masked_bias
            embeddings.position_ids                            I64 1 512    | BUFFER                 | embeddings.position_ids
            model.layers.2.self_attn.q_proj.weight             BF16 128 128 | NEXT_TOKENS_PREDICTION | model.layers.{n}.self_attn.q_proj.weight
            mtp.layers.0.fc.weight                             BF16 128 256 | NEXT_TOKENS_PREDICTION | mtp.layers.{n}.fc.weight
            model.layers.2.shared_head.head.weight             BF16 512 128 | TIED_COPY              | model.layers.{n}.shared_head.head.weight
            model.decoder.embed_tokens.weight                  BF16 512 128 | TIED_COPY              | model.decoder.embed_tokens.weight
            model.layers.{0..1}.self_attn.k_scale              F32          | SCALE                  | model.layers.{n}.self_attn.k_scale
            visual.blocks.0.attn.qkv.weight                    BF16 96 32   | TOWER                  | visual.blocks.{n}.attn.qkv.weight
            score.weight                                       BF16 2 128   | TASK_HEAD              | score.weight
            model.layers.0.surprise                            BF16 3 5     | UNKNOWN                | model.layers.{n}.surprise
            """)
    void whatTheFilesHoldBeyondTheModelIsListed(String tensor, Kind kind, String pattern) {
        Reconciliation found = reconcile(QUERY + REST + tensor + "\n");
        assertThat(found.logicalParameters()).isEqualTo(PARAMETERS);
        assertThat(found.extras()).extracting(Extra::kind, Extra::pattern).containsExactly(tuple(kind, pattern));
        assertThat(found.storedElements())
                .isEqualTo(PARAMETERS + found.extras().getFirst().elements());
    }

    @Test
    void aMissingTensorIsNamedWithItsShape() {
        assertThatThrownBy(() -> reconcile(REST + "model.layers.0.self_attn.q_proj.weight BF16 128 128\n"))
                .isInstanceOf(InputException.class)
                .hasMessage("model.safetensors: tensor model.layers.1.self_attn.q_proj.weight: not there, expected"
                        + " [128, 128]");
    }

    @Test
    void aTensorOfAnotherShapeIsNamedWithBoth() {
        assertThatThrownBy(() -> reconcile(REST + "model.layers.{0..1}.self_attn.q_proj.weight BF16 128 64\n"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "model.layers.0.self_attn.q_proj.weight: found bf16 [128, 64], expected [128, 128]")
                .hasMessageContaining("model.layers.1.self_attn.q_proj.weight: found");
    }

    @Test
    void aTransposedMatrixIsAnotherShape() {
        assertThatThrownBy(() -> reconcile(
                        (QUERY + REST).replace("k_proj.weight          BF16 64 128", "k_proj.weight BF16 128 64")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("k_proj.weight: found bf16 [128, 64], expected [64, 128]");
    }

    @Test
    void ofManyDisagreementsThreeAreShownAndAllCounted() {
        assertThatThrownBy(() -> reconcile("other.weight BF16 4\n"))
                .isInstanceOf(InputException.class)
                // Token table, norm and head, and nine tensors in each of two layers.
                .hasMessageEndingWith("and " + (3 + 2 * 9 - 3) + " more");
    }

    @Test
    void aScalarsOnesInAShapeDoNotMatter() {
        String shaped = (QUERY + REST)
                .replace("input_layernorm.weight           BF16 128", "input_layernorm.weight BF16 1 128 1");
        assertThat(reconcile(shaped).logicalParameters()).isEqualTo(PARAMETERS);
    }

    @Test
    void namesThatWouldDriveATerminalAreEscaped() {
        assertThat(reconcile(QUERY + REST + "\033[31mred BF16 4\n").extras())
                .extracting(Extra::pattern)
                .containsExactly("\\u001b[31mred");
    }

    private static Reconciliation reconcile(String tensors) {
        byte[] file = TensorList.safetensors(tensors).bytes();
        Checkpoint checkpoint = SafetensorsFile.read(MemorySource.of("model.safetensors", file), "model.safetensors");
        return Reconciliation.of(LLAMA, checkpoint);
    }

    private static Transformer describe(String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return Families.describe(new Config("config.json", (JsonObject) JsonReader.read("config.json", text)));
    }

    @Test
    void theKindsHaveTitlesForPeople() {
        assertThat(List.of(Kind.values()))
                .extracting(Kind::title)
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }
}
