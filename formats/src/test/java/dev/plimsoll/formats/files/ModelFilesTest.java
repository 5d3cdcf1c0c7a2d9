package dev.plimsoll.formats.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.OnnxWriter;
import dev.plimsoll.formats.fixtures.ProtoWriter;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.model.failure.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config.json model.safetensors                                               | config.json | Safetensors model.safetensors
            config.json model.safetensors.index.json 1.safetensors 2.safetensors a.gguf | config.json | SafetensorsIndex model.safetensors.index.json
            config.json model.safetensors adapter_model.safetensors                     | config.json | Safetensors model.safetensors
            weights.safetensors                                                         |             | Safetensors weights.safetensors
            config.json a.gguf                                                          | config.json | Gguf a.gguf
            a.gguf mmproj-a.gguf mtp-a.gguf                                             |             | Gguf a.gguf
            a-00001-of-00002.gguf a-00002-of-00002.gguf                                 |             | Gguf a-00001-of-00002.gguf
            config.json onnx/model.onnx onnx/model_quantized.onnx                       | config.json | Onnx onnx/model.onnx
            model.onnx                                                                  |             | Onnx model.onnx
            config.json pytorch_model.bin training_args.bin                             | config.json | Pickle pytorch_model.bin
            config.json pytorch_model.bin.index.json pytorch_model-1.bin                | config.json | PickleIndex pytorch_model.bin.index.json
            config.json tokenizer.json README.md                                        | config.json |
            """)
    void aFolderLeadsToItsConfigAndCheckpoint(String present, @Nullable String config, @Nullable String checkpoint)
            throws IOException {
        create(present);

        assertThat(described(ModelFiles.find(folder))).isEqualTo(described(config, checkpoint));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config.json                  | config.json | config.json |
            params.json                  | config.json | params.json |
            model.safetensors            | config.json | config.json | Safetensors model.safetensors
            model.safetensors            |             |             | Safetensors model.safetensors
            model.safetensors.index.json | config.json | config.json | SafetensorsIndex model.safetensors.index.json
            pytorch_model.bin.index.json |             |             | PickleIndex pytorch_model.bin.index.json
            pytorch_model.bin            |             |             | Pickle pytorch_model.bin
            MODEL.GGUF                   | config.json |             | Gguf MODEL.GGUF
            onnx/model.onnx              | config.json | config.json | Onnx onnx/model.onnx
            """)
    void aFileIsKnownByItsNameAndTakesTheConfigBesideIt(
            String given, @Nullable String also, @Nullable String config, @Nullable String checkpoint)
            throws IOException {
        create(given + (also == null ? "" : " " + also));

        assertThat(described(ModelFiles.find(folder.resolve(given)))).isEqualTo(described(config, checkpoint));
    }

    @Test
    void aGgufFileWithoutItsExtensionIsKnownByItsStart() throws IOException {
        Path blob = folder.resolve("sha256-feed");
        new GgufWriter().tensor("a", "f32", 4).write(blob);

        Checkpoint checkpoint = ModelFiles.find(blob).checkpoint().orElseThrow().read();

        assertThat(checkpoint.format()).isEqualTo(CheckpointFormat.GGUF);
        assertThat(checkpoint.elements()).isEqualTo(4);
    }

    @Test
    void everyKindOfCheckpointIsReadFromItsFiles() throws IOException {
        new SafetensorsWriter().tensor("a", "F32", 2).write(folder.resolve("1.safetensors"));
        new GgufWriter().tensor("a", "f32", 3).write(folder.resolve("a.gguf"));
        Files.writeString(folder.resolve("s.safetensors.index.json"), "{\"weight_map\":{\"a\":\"1.safetensors\"}}");
        Files.writeString(folder.resolve("p.bin.index.json"), "{\"weight_map\":{\"a\":\"p-1.bin\",\"b\":\"p-1.bin\"}}");
        Files.write(folder.resolve("p-1.bin"), new byte[77]);
        Files.write(
                folder.resolve("m.onnx"),
                OnnxWriter.model(new ProtoWriter().message(5, OnnxWriter.rawTensor("a", OnnxWriter.FLOAT, 16, 4))));

        assertThat(read("1.safetensors").elements()).isEqualTo(2);
        assertThat(read("s.safetensors.index.json").elements()).isEqualTo(2);
        assertThat(read("a.gguf").elements()).isEqualTo(3);
        assertThat(read("m.onnx").elements()).isEqualTo(4);
        assertThat(read("p-1.bin").fileBytes().count()).isEqualTo(77);
        assertThat(read("p.bin.index.json").fileBytes().count()).isEqualTo(77);
        assertThat(read("p.bin.index.json").tensors()).isEmpty();
        assertThat(read("p.bin.index.json").notes()).singleElement().asString().contains("not opened");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            README.md                                  | no model in this folder; looked for config.json
            a.gguf b.gguf                              | found 2 models or parts without an index (a.gguf, b.gguf)
            1.safetensors 2.safetensors                | found 2 models or parts without an index (1.safetensors, 2.safetensors)
            a.onnx b.onnx                              | found 2 models or parts without an index (a.onnx, b.onnx)
            """)
    void aFolderWithoutOneModelIsRefusedWithWhatWasFound(String present, String cause) throws IOException {
        create(present);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ModelFiles.find(folder))
                .withMessageContaining(cause);
    }

    @Test
    void otherFilesAndMissingOnesAreRefused() throws IOException {
        create("notes.txt");

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ModelFiles.find(folder.resolve("notes.txt")))
                .withMessageContaining("no file of a model by its name");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ModelFiles.find(folder.resolve("none")))
                .withMessageContaining("none: no such file");
    }

    @Test
    void aConfigMayComeByPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer = new ProcessBuilder("sh", "-c", "printf '{\"hidden_size\": 64}' > " + pipe).start();

        ModelFiles files = ModelFiles.find(pipe);

        assertThat(files.checkpoint()).isEmpty();
        assertThat(ConfigFile.read(files.config().orElseThrow()).member("hidden_size"))
                .contains(new JsonNumber("64"));
        assertThat(writer.waitFor()).isZero();
        assertThat(ModelFiles.find(Path.of("-")).config()).contains(ConfigFile.STANDARD_INPUT);
    }

    @Test
    void anEndlessPipeIsReadToItsLimitOnly() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return '[';
            }
        };

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ConfigFile.read("pipe", endless))
                .withMessageContaining("more than 16 MiB");
    }

    @Test
    void aConfigIsAnObjectAndAFile() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() ->
                        ConfigFile.read("pipe", new ByteArrayInputStream("[1, 2]".getBytes(StandardCharsets.UTF_8))))
                .withMessage("pipe: found a list of 2, expected an object");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ConfigFile.read(folder))
                .withMessageContaining("cannot be read");
    }

    private Checkpoint read(String name) {
        return ModelFiles.find(folder.resolve(name)).checkpoint().orElseThrow().read();
    }

    private void create(String names) throws IOException {
        for (String name : List.of(names.split(" ", -1))) {
            Path file = folder.resolve(name);
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(folder));
            Files.write(file, new byte[0]);
        }
    }

    private String described(ModelFiles files) {
        return files.config().map(path -> folder.relativize(path).toString()).orElse("-")
                + " "
                + files.checkpoint()
                        .map(found -> found.getClass().getSimpleName() + " " + folder.relativize(found.path()))
                        .orElse("-");
    }

    private static String described(@Nullable String config, @Nullable String checkpoint) {
        return (config == null ? "-" : config) + " " + (checkpoint == null ? "-" : checkpoint);
    }
}
