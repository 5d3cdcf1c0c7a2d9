package dev.plimsoll.formats.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.plimsoll.formats.config.Quantization;
import dev.plimsoll.formats.fixtures.CpuTime;
import dev.plimsoll.formats.fixtures.DeepSeekV3;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.fixtures.TensorList;
import dev.plimsoll.formats.hub.HubAccess;
import dev.plimsoll.formats.reconcile.Reconciliation;
import dev.plimsoll.formats.reconcile.WeightForm;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Provenance;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelReaderTest {
    private static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 1,
             "num_attention_heads": 4, "vocab_size": 512, "tie_word_embeddings": true, "torch_dtype": "float16",
             "bos_token_id": 1}
            """;
    private static final String TENSORS = """
            model.embed_tokens.weight                       BF16 512 128
            model.layers.0.self_attn.q_proj.weight          BF16 128 128
            model.layers.0.self_attn.k_proj.weight          BF16 128 128
            model.layers.0.self_attn.v_proj.weight          BF16 128 128
            model.layers.0.self_attn.o_proj.weight          BF16 128 128
            model.layers.0.mlp.gate_proj.weight             BF16 256 128
            model.layers.0.mlp.up_proj.weight               BF16 256 128
            model.layers.0.mlp.down_proj.weight             BF16 128 256
            model.layers.0.input_layernorm.weight           BF16 128
            model.layers.0.post_attention_layernorm.weight  BF16 128
            model.norm.weight                               BF16 128
            """;
    private static final long PARAMETERS = 512 * 128 + 4 * 128 * 128 + 3 * 256 * 128 + 3 * 128;

    @TempDir
    private Path folder;

    /// Every entry is described, and has exactly the parameters that were published.
    @ParameterizedTest
    @MethodSource("names")
    void everyNameOfTheCatalogueIsDescribedAsPublished(String name) {
        Catalogue.Entry entry = Catalogue.find(name).orElseThrow();
        LoadedModel model = read(name);
        assertThat(model.description()).isInstanceOf(Description.Known.class);
        assertThat(model.source()).isEqualTo(entry.source());
        assertThat(entry.parameters().isPresent() || entry.published().isPresent())
                .isTrue();
        assertThat(model.notes()).noneMatch(note -> note.text().contains("its config describes"));
        assertThat(model.provenance())
                .isEqualTo(entry.parameters().isPresent() ? Provenance.EXACT : Provenance.ASSUMED);
    }

    static Iterable<String> names() {
        return Catalogue.names();
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> read("lama-2-7b"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'lama-2-7b': neither a known name nor a path")
                .hasMessageContaining("llama-2-7b")
                .extracting(failure -> ((InputException) failure).kind())
                .isEqualTo(FailureKind.USAGE);
    }

    @Test
    void aMissingPathIsSaidToBeMissing() {
        assertThatThrownBy(() -> read("./nowhere/config.json"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no such file")
                .extracting(failure -> ((InputException) failure).kind())
                .isEqualTo(FailureKind.UNREADABLE);
    }

    @Test
    void aConfigComesByStandardInput() {
        InputStream pipe = new ByteArrayInputStream(CONFIG.getBytes(StandardCharsets.UTF_8));
        LoadedModel model = new ModelReader(pipe, RemoteModels.hub(HubAccess.OFFLINE)).read("-");
        assertThat(model.name()).isEqualTo("standard input");
        assertThat(model.transformer()).map(Transformer::architecture).contains("llama");
        assertThat(model.declaredType()).contains(DataType.F16);
        assertThat(model.checkpoint()).isEmpty();
        assertThat(model.notes()).containsExactly(Note.verbose("Keys of the config that were not used: bos_token_id."));
    }

    @Test
    void aFolderIsItsConfigAndItsTensorsSetSideBySide() throws IOException {
        write("config.json", CONFIG);
        TensorList.safetensors(TENSORS).write(folder.resolve("model.safetensors"));
        LoadedModel model = read(folder.toString());
        assertThat(model.name()).isEqualTo(String.valueOf(folder.getFileName()));
        assertThat(model.reconciliation())
                .map(Reconciliation::logicalParameters)
                .contains(PARAMETERS);
        // The files are bf16, whatever the config says.
        assertThat(model.reconciliation().orElseThrow().forms())
                .extracting(WeightForm::type)
                .containsExactly(DataType.BF16);
    }

    @Test
    void tensorsThatAreNotTheConfigsAreRefused() throws IOException {
        write("config.json", CONFIG.replace("\"intermediate_size\": 256", "\"intermediate_size\": 512"));
        TensorList.safetensors(TENSORS).write(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> read(folder.toString()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("mlp.gate_proj.weight: found bf16 [256, 128], expected [512, 128]");
    }

    /// Found by the fuzzer: each size is a possible one, 2^31 · 2^32 is past 2^63.
    @Test
    void aGgufWhoseSizesMultiplyPastAnyCountIsRefused() {
        Path file = folder.resolve("model.gguf");
        new GgufWriter()
                .text("general.architecture", "llama")
                .u32("llama.block_count", 1)
                .u32("llama.embedding_length", 1L << 31)
                .u64("llama.feed_forward_length", 1L << 32)
                .u32("llama.attention.head_count", 1)
                .tensor("token_embd.weight", "f32", 10, 32)
                .write(file);
        assertThatThrownBy(() -> read(file.toString()))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("model.gguf: found sizes of more than 2^56 parameters, expected fewer");
    }

    /// Four maps of 2^27 · 2^27 are 2^56, and there is more than they.
    @Test
    void aConfigOfMoreParametersThanCanBeCountedInBitsIsRefused() throws IOException {
        write("config.json", CONFIG.replace("\"hidden_size\": 128", "\"hidden_size\": 134217728"));
        assertThatThrownBy(() -> read(folder.resolve("config.json").toString()))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("config.json: found sizes of more than 2^56 parameters, expected fewer");
    }

    @Test
    void aCheckpointWithoutAConfigIsNotGuessed() {
        Path file = folder.resolve("model.safetensors");
        TensorList.safetensors(TENSORS).write(file);
        LoadedModel model = read(file.toString());
        assertThat(model.description()).isEqualTo(new Description.Unknown("not known: needs config.json"));
        assertThat(model.checkpoint().orElseThrow().elements()).isEqualTo(PARAMETERS);
        assertThat(model.reconciliation()).isEmpty();
        assertThat(model.checkpoint().orElseThrow().tensors())
                .allSatisfy(tensor -> assertThat(tensor.type()).isEqualTo(DataType.BF16));
    }

    @Test
    void anUnknownFamilyLeavesTheTensorsToCount() throws IOException {
        write("config.json", "{\"model_type\": \"not_yet_invented\"}");
        assertThatThrownBy(() -> read(folder.resolve("config.json").toString()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not_yet_invented");
        TensorList.safetensors(TENSORS).write(folder.resolve("model.safetensors"));
        LoadedModel model = read(folder.toString());
        assertThat(model.description())
                .asInstanceOf(type(Description.Unknown.class))
                .extracting(Description.Unknown::reason)
                .asString()
                .startsWith("not known: ")
                .contains("not_yet_invented");
        assertThat(model.checkpoint()).isPresent();
    }

    @Test
    void aPickleIsOnlyWeighed() throws IOException {
        write("config.json", CONFIG);
        write("pytorch_model.bin", "0123456789");
        LoadedModel model = read(folder.toString());
        assertThat(model.transformer()).isPresent();
        assertThat(model.reconciliation()).isEmpty();
        assertThat(model.checkpoint().orElseThrow().fileBytes().count()).isEqualTo(10);
        assertThat(model.notes()).extracting(Note::text).anyMatch(note -> note.contains("not opened"));
    }

    @Test
    void aGgufOfAnUnknownArchitectureNamesIt() {
        Path file = folder.resolve("model.gguf");
        new GgufWriter()
                .text("general.architecture", "not-yet\u001b")
                .tensor("token_embd.weight", "f16", 512, 128)
                .write(file);
        LoadedModel model = read(file.toString());
        assertThat(model.description())
                .isEqualTo(new Description.Unknown("not known: GGUF architecture 'not-yet\\u001b' is no known one"));
        assertThat(model.checkpoint().orElseThrow().elements()).isEqualTo(512 * 128);
    }

    @Test
    void aGgufOfAVocabularyAloneSaysSo() {
        Path file = folder.resolve("vocabulary.gguf");
        new GgufWriter().text("general.architecture", "llama").write(file);
        assertThat(read(file.toString()).description())
                .isEqualTo(new Description.Unknown("not known: the GGUF file holds no tensors"));
    }

    /// 91,991 tensors in 163 shards; some 0.7 s of work in a process of its own, the rest is for a busy machine.
    @Test
    void a671BillionParameterSetIsReadAndReconciledAtOnce() throws IOException {
        DeepSeekV3.writeSafetensors(folder);
        try (InputStream config =
                ModelReaderTest.class.getResourceAsStream("/dev/plimsoll/formats/families/deepseek-v3.json")) {
            Files.copy(Objects.requireNonNull(config), folder.resolve("config.json"));
        }
        CpuTime watch = CpuTime.started();
        LoadedModel model = read(folder.toString());
        Duration work = watch.elapsed();
        System.out.println("measured: 671 B parameters read and reconciled in " + work.toMillis() + " ms of work");
        assertThat(model.reconciliation())
                .map(Reconciliation::logicalParameters)
                .contains(671_026_419_200L);
        assertThat(work).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aClaimOfTheIndexThatIsWrongIsNoted() throws IOException {
        write("config.json", CONFIG);
        SafetensorsWriter writer = TensorList.safetensors(TENSORS);
        writer.write(folder.resolve("only.safetensors"));
        StringBuilder map = new StringBuilder();
        TensorList.of(TENSORS)
                .forEach(tensor ->
                        map.append(map.isEmpty() ? "" : ",").append("\"" + tensor.name() + "\":\"only.safetensors\""));
        write(
                "model.safetensors.index.json",
                "{\"metadata\":{\"total_size\":0,\"total_parameters\":7},\"weight_map\":{" + map + "}}");
        assertThat(read(folder.toString()).notes())
                .extracting(Note::text)
                .anyMatch(note -> note.contains("total_size of 0"))
                .anyMatch(note -> note.contains("claims 7 parameters; the headers hold 229,760"));
    }

    @ParameterizedTest
    @CsvSource({
        "rwkv6, its layers mix tokens by a recurrence of their own",
        "rwkv7, its layers mix tokens by a recurrence of their own",
        "gemma3n, its layers keep several streams side by side (AltUp) and add low-rank branches (LAuReL)"
    })
    void architecturesKnownByNameOnlySayWhatStandsInTheWay(String architecture, String why) {
        Path file = folder.resolve("model.gguf");
        new GgufWriter()
                .text("general.architecture", architecture)
                .tensor("token_embd.weight", "f16", 10, 32)
                .write(file);
        LoadedModel model = read(file.toString());
        assertThat(model.description())
                .isEqualTo(new Description.Unknown(
                        "not known: GGUF architecture '" + architecture + "' is not described here: " + why));
        assertThat(model.checkpoint().orElseThrow().elements()).isEqualTo(320);
    }

    /// Arrays with a number for each block, as searched Llamas have them: no key/value heads mean a linear map in the
    /// place of attention, no width no feed-forward network.
    @Test
    void blocksOfOneGgufMayDifferInAllTheyHave() {
        Path file = folder.resolve("deci.gguf");
        GgufWriter writer = new GgufWriter()
                .text("general.architecture", "deci")
                .u32("deci.block_count", 2)
                .u32("deci.embedding_length", 32)
                .i32s("deci.attention.head_count", 2, 2)
                .i32s("deci.attention.head_count_kv", 1, 0)
                .i32s("deci.feed_forward_length", 64, 0)
                .tensor("token_embd.weight", "f16", 10, 32)
                .tensor("blk.0.attn_norm.weight", "f32", 32)
                .tensor("blk.0.attn_q.weight", "f16", 32, 32)
                .tensor("blk.0.attn_k.weight", "f16", 16, 32)
                .tensor("blk.0.attn_v.weight", "f16", 16, 32)
                .tensor("blk.0.attn_output.weight", "f16", 32, 32)
                .tensor("blk.0.ffn_norm.weight", "f32", 32)
                .tensor("blk.0.ffn_gate.weight", "f16", 64, 32)
                .tensor("blk.0.ffn_up.weight", "f16", 64, 32)
                .tensor("blk.0.ffn_down.weight", "f16", 32, 64)
                .tensor("blk.1.attn_norm.weight", "f32", 32)
                .tensor("blk.1.attn_output.weight", "f16", 32, 32)
                .tensor("output_norm.weight", "f32", 32);
        writer.write(file);
        LoadedModel model = read(file.toString());
        assertThat(model.reconciliation().orElseThrow().extras()).isEmpty();
        assertThat(model.reconciliation().orElseThrow().logicalParameters())
                .isEqualTo(10 * 32 + (32 + 3 * 32 * 32 + 32 + 3 * 64 * 32) + (32 + 32 * 32) + 32);
    }

    @Test
    void aQuantisationBesideTheConfigIsRead() throws IOException {
        write("config.json", CONFIG);
        write(
                "hf_quant_config.json",
                "{\"quantization\": {\"quant_algo\": \"NVFP4\", \"group_size\": 16, \"exclude_modules\": []}}");
        assertThat(read(folder.toString()).quantization())
                .map(Quantization::describe)
                .contains("modelopt, 4 bits, groups of 16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "hf:", "hf:no-owner", "hf:../../etc/passwd", "\u0000", "hf:a/b/c"})
    void referencesThatCanBeNothingAreRefused(String reference) {
        assertThatThrownBy(() -> read(reference)).isInstanceOf(InputException.class);
    }

    @Test
    void theCatalogueGivesNamesAndSources() {
        assertThat(Catalogue.names()).isSorted().hasSizeGreaterThan(60).contains("llama-2-7b", "gpt-oss-120b");
        assertThat(Catalogue.entries())
                .allSatisfy(entry -> assertThat(entry.source()).isNotBlank());
        assertThat(Catalogue.find("Llama-2-7B")).map(Catalogue.Entry::name).contains("Llama-2-7b-hf");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static LoadedModel read(String reference) {
        return new ModelReader(InputStream.nullInputStream(), RemoteModels.hub(HubAccess.OFFLINE)).read(reference);
    }
}
