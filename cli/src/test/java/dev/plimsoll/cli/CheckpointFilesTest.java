package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.fixtures.FixtureTensor;
import dev.plimsoll.formats.fixtures.OnnxWriter;
import dev.plimsoll.formats.fixtures.ProtoWriter;
import dev.plimsoll.formats.fixtures.TensorList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The same small model in every kind of file, from a folder to the answer.
class CheckpointFilesTest {
    private static final String TINY_BERT = """
            {"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
             "intermediate_size": 16, "vocab_size": 10, "max_position_embeddings": 12, "type_vocab_size": 2}
            """;
    private static final String TINY_BERT_TENSORS = """
            embeddings.word_embeddings.weight                   f32 10 8
            embeddings.position_embeddings.weight               f32 12 8
            embeddings.token_type_embeddings.weight             f32 2 8
            embeddings.LayerNorm.weight                         f32 8
            embeddings.LayerNorm.bias                           f32 8
            encoder.layer.0.attention.self.query.weight         f32 8 8
            encoder.layer.0.attention.self.query.bias           f32 8
            encoder.layer.0.attention.self.key.weight           f32 8 8
            encoder.layer.0.attention.self.key.bias             f32 8
            encoder.layer.0.attention.self.value.weight         f32 8 8
            encoder.layer.0.attention.self.value.bias           f32 8
            encoder.layer.0.attention.output.dense.weight       f32 8 8
            encoder.layer.0.attention.output.dense.bias         f32 8
            encoder.layer.0.attention.output.LayerNorm.weight   f32 8
            encoder.layer.0.attention.output.LayerNorm.bias     f32 8
            encoder.layer.0.intermediate.dense.weight           f32 16 8
            encoder.layer.0.intermediate.dense.bias             f32 16
            encoder.layer.0.output.dense.weight                 f32 8 16
            encoder.layer.0.output.dense.bias                   f32 8
            encoder.layer.0.output.LayerNorm.weight             f32 8
            encoder.layer.0.output.LayerNorm.bias               f32 8
            pooler.dense.weight                                 f32 8 8
            pooler.dense.bias                                   f32 8
            """;
    private static final long TINY_BERT_PARAMETERS =
            (10 + 12 + 2) * 8 + 2 * 8 + 4 * (8 * 8 + 8) + 2 * 8 * 16 + 16 + 8 + 4 * 8 + 8 * 8 + 8;

    @TempDir
    private Path folder;

    @Test
    void aFolderIsReconciledTensorByTensor() {
        JsonNode answer =
                Run.json("model", TinyLlama.folder(folder, TinyLlama.tensors()).toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(answer.at("/parameters/stored").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(answer.at("/weights/bytes").asLong()).isEqualTo(2 * TinyLlama.PARAMETERS);
        assertThat(answer.at("/weights/storedBytes").asLong()).isEqualTo(2 * TinyLlama.PARAMETERS);
        assertThat(answer.at("/weights/dataType").asString()).isEqualTo("bf16");
        assertThat(answer.at("/stored/forms/0/tensors").asLong()).isEqualTo(2 * 9 + 3);
        assertThat(answer.at("/stored/beyondParameters").isEmpty()).isTrue();
        assertThat(answer.at("/model/provenance").asString()).isEqualTo("exact");
        assertThat(answer.get("notKnown").isNull()).isTrue();
    }

    @Test
    void oneFileIndexedShardsAndTheirFolderGiveTheSameParameters() {
        TinyLlama.sharded(folder);
        JsonNode parameters = Run.json("model", folder.toString()).get("parameters");
        assertThat(parameters.get("total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(Run.json(
                                "model",
                                folder.resolve("model.safetensors.index.json").toString())
                        .get("parameters"))
                .isEqualTo(parameters);
        TinyLlama.file(folder.resolve("model.safetensors"), TinyLlama.tensors());
        assertThat(Run.json("model", folder.resolve("model.safetensors").toString())
                        .get("parameters"))
                .isEqualTo(parameters);
    }

    @Test
    void aGgufFileDescribesItselfAndItsBytesAreExact() {
        Path file = folder.resolve("tiny.gguf");
        TinyLlama.gguf(file);
        JsonNode answer = Run.json("model", file.toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(answer.at("/weights/bytes").asLong())
                .as("18 B for 32 values in the layers, 34 B in embedding and head, norms in f32")
                .isEqualTo(TinyLlama.MATRICES / 32 * 18 + 2 * 512 * 64 / 32 * 34 + 4 * TinyLlama.NORMS);
        assertThat(answer.at("/weights/provenance").asString()).isEqualTo("exact");
        JsonNode extra = answer.at("/stored/beyondParameters/0");
        assertThat(extra.get("pattern").asString()).isEqualTo("rope_freqs.weight");
        assertThat(extra.get("elements").asLong()).isEqualTo(4);
        assertThat(Run.json("kv", file.toString())
                        .at("/keyValueCache/bytesPerToken")
                        .asLong())
                .isEqualTo(2 * 2 * 4 * 8 * 2);
    }

    @Test
    void anOnnxFileWithItsConfigIsReconciled() throws IOException {
        onnx(folder.resolve("model.onnx"));
        TinyLlama.write(folder.resolve("config.json"), TINY_BERT);
        JsonNode answer = Run.json("model", folder.toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TINY_BERT_PARAMETERS);
        assertThat(answer.at("/weights/bytes").asLong()).isEqualTo(4 * TINY_BERT_PARAMETERS);
    }

    @Test
    void anOnnxFileAloneAnswersParametersAndBytes() throws IOException {
        Path file = folder.resolve("encoder.onnx");
        onnx(file);
        JsonNode answer = Run.json("model", file.toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TINY_BERT_PARAMETERS);
        assertThat(answer.get("notKnown").asString()).isEqualTo("not known: needs config.json");
    }

    private static void onnx(Path file) throws IOException {
        ProtoWriter graph = new ProtoWriter();
        for (FixtureTensor tensor : TensorList.of(TINY_BERT_TENSORS)) {
            long[] sizes = tensor.shape().stream().mapToLong(Long::longValue).toArray();
            graph.message(5, OnnxWriter.rawTensor(tensor.name(), OnnxWriter.FLOAT, 4 * (int) tensor.elements(), sizes));
        }
        Files.write(file, OnnxWriter.model(graph));
    }

    @Test
    void safetensorsAloneAnswerParametersAndBytesAndNothingElse() {
        Path file = folder.resolve("model.safetensors");
        TinyLlama.file(file, TinyLlama.tensors());
        JsonNode answer = Run.json("model", file.toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(answer.at("/weights/bytes").asLong()).isEqualTo(2 * TinyLlama.PARAMETERS);
        assertThat(answer.at("/parameters/active").isNull()).isTrue();
        assertThat(answer.get("keyValueCache").isNull()).isTrue();
        assertThat(answer.get("flops").isNull()).isTrue();
        assertThat(answer.get("notKnown").asString()).isEqualTo("not known: needs config.json");
        assertThat(Run.of("model", file.toString()).answered().out()).contains("not known: needs config.json");
        for (String command : new String[] {"kv", "flops"}) {
            Run.Refusal refusal = Run.of(command, file.toString()).refused(4);
            assertThat(refusal.cause()).contains("model.safetensors", "not known: needs config.json");
            assertThat(refusal.remedy()).contains("config.json");
        }
        Run.of("explain", "kv", file.toString()).refused(4);
    }

    @Test
    void theShapeOfTheAnswerIsTheSameForFilesAlone() {
        Path file = folder.resolve("model.safetensors");
        TinyLlama.file(file, TinyLlama.tensors());
        JsonNode alone = Run.json("model", file.toString());
        JsonNode known = Run.json("model", "gpt2");
        assertThat(alone.propertyNames()).isEqualTo(known.propertyNames());
        assertThat(alone.get("parameters").propertyNames())
                .isEqualTo(known.get("parameters").propertyNames());
        assertThat(alone.get("weights").propertyNames())
                .isEqualTo(known.get("weights").propertyNames());
    }

    @Test
    void modelsMayBeComparedThoughOneIsNotKnown() {
        Path file = folder.resolve("model.safetensors");
        TinyLlama.file(file, TinyLlama.tensors());
        JsonNode answer = Run.json("compare", file.toString(), "gpt2");
        for (JsonNode row : answer.get("comparison")) {
            if (row.get("quantity").asString().equals(".parameters.total")) {
                assertThat(row.at("/values/0").asLong()).isEqualTo(TinyLlama.PARAMETERS);
            }
            if (row.get("quantity").asString().equals(".keyValueCache.bytesPerToken")) {
                assertThat(row.at("/values/0").isNull()).isTrue();
                assertThat(row.at("/values/1").asLong()).isEqualTo(36_864);
            }
        }
    }

    @Test
    void whatAFileHoldsBeyondTheModelIsListedByName() {
        List<FixtureTensor> tensors = new ArrayList<>(TinyLlama.tensors());
        tensors.addAll(TensorList.of("""
                model.layers.{0..1}.self_attn.rotary_emb.inv_freq   F32  4
                something.nobody.knows                              BF16 3 5
                """));
        JsonNode answer = Run.json("model", TinyLlama.folder(folder, tensors).toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(answer.at("/parameters/stored").asLong()).isEqualTo(TinyLlama.PARAMETERS + 2 * 4 + 15);
        String beyond = answer.at("/stored/beyondParameters").toString();
        assertThat(beyond).contains("rotary_emb.inv_freq", "something.nobody.knows");
    }

    @Test
    void aPickleIsNeverOpenedAndOnlyItsSizeIsSaid() throws IOException {
        TinyLlama.write(folder.resolve("config.json"), TinyLlama.CONFIG);
        Files.write(folder.resolve("pytorch_model.bin"), new byte[12_345]);
        JsonNode answer = Run.json("model", folder.toString());
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
        assertThat(answer.at("/weights/storedBytes").asLong()).isEqualTo(12_345);
    }
}
