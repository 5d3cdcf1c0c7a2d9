package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.fixtures.FixtureTensor;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.OnnxWriter;
import dev.plimsoll.formats.fixtures.ProtoWriter;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Checkpoints that are damaged, incomplete or hostile: exit code 4, one line of cause, one of remedy, at once.
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadCheckpointTest {
    @TempDir
    private Path folder;

    private static Run.Refusal refused(Path model) {
        return Run.of("model", model.toString()).refused(4);
    }

    private static List<FixtureTensor> without(String name) {
        return TinyLlama.tensors().stream()
                .filter(tensor -> !tensor.name().equals(name))
                .toList();
    }

    @Test
    void aMissingTensorIsNamed() {
        String name = "model.layers.1.mlp.down_proj.weight";
        assertThat(refused(TinyLlama.folder(folder, without(name))).cause()).contains(name);
    }

    @Test
    void aTensorOfAnotherShapeIsNamedWithBothShapes() {
        String name = "model.layers.0.self_attn.k_proj.weight";
        List<FixtureTensor> tensors = new ArrayList<>(without(name));
        tensors.add(FixtureTensor.of(name, "BF16", 64, 64));
        assertThat(refused(TinyLlama.folder(folder, tensors)).cause())
                .contains(name)
                .containsPattern("64 ?x ?64|\\[64, ?64\\]")
                .containsPattern("32 ?x ?64|\\[32, ?64\\]");
    }

    @Test
    void aFolderWithoutAModelSaysWhatWasLookedFor() {
        assertThat(refused(folder).cause()).contains("config.json", "safetensors", "gguf");
    }

    @Test
    void severalModelsInOneFolderAreNotChosenFrom() {
        TinyLlama.gguf(folder.resolve("a.gguf"));
        TinyLlama.gguf(folder.resolve("b.gguf"));
        assertThat(refused(folder).cause()).contains("a.gguf", "b.gguf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "model.safetensors",
                "model.safetensors.index.json",
                "model.gguf",
                "model.onnx",
                "hash-without-extension",
                "notes.txt"
            })
    void anEmptyFileIsNoModel(String name) throws IOException {
        refused(Files.createFile(folder.resolve(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no/such/folder", "no-such.json", "no-such.gguf", "./no-such", "/no/such/model.onnx"})
    void aPathThatLeadsNowhereIsSaid(String path) {
        assertThat(Run.of("model", path).refused(4).cause()).contains(path);
    }

    @Test
    void aTruncatedFileIsRefusedAtEveryLength() throws IOException {
        Path gguf = folder.resolve("tiny.gguf");
        TinyLlama.gguf(gguf);
        Path whole = folder.resolve("whole.safetensors");
        TinyLlama.file(whole, TinyLlama.tensors());
        for (Path file : List.of(gguf, whole)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length = 0; length < bytes.length; length += 1 + length / 7) {
                Path cut = folder.resolve("cut-" + length + "-" + file.getFileName());
                Files.write(cut, Arrays.copyOf(bytes, length));
                refused(cut);
                Files.delete(cut);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"BF17\",\"shape\":[4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[-4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[8,0]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,9223372036854775807]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[3037000500,3037000500],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[2,8]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                        + "\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[4,8]}}",
                "{\"a\":7}"
            })
    void aSafetensorsHeaderThatLiesIsRefused(String header) throws IOException {
        Path file = folder.resolve("lying.safetensors");
        Files.write(file, SafetensorsWriter.raw(header, 8));
        refused(file);
    }

    @Test
    void aHeaderOfAnyClaimedLengthIsNotAllocated() throws IOException {
        for (long claimed : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE, 1L << 40, 100_000_001}) {
            Path file = folder.resolve("long.safetensors");
            byte[] bytes = new byte[64];
            for (int i = 0; i < 8; i++) {
                bytes[i] = (byte) (claimed >> (8 * i));
            }
            Files.write(file, bytes);
            refused(file);
        }
    }

    @Test
    void aGgufThatClaimsABillionTensorsIsRefused() throws IOException {
        Path file = folder.resolve("model.gguf");
        for (long claimed : new long[] {1_000_000_000, Long.MAX_VALUE, -1}) {
            Files.write(
                    file,
                    new GgufWriter()
                            .text("general.architecture", "llama")
                            .counts(claimed, 1)
                            .bytes());
            refused(file);
            Files.write(
                    file,
                    new GgufWriter()
                            .text("general.architecture", "llama")
                            .counts(0, claimed)
                            .bytes());
            refused(file);
        }
    }

    @Test
    void aGgufWithArraysInArraysOrAnUnknownTypeIsRefused() throws IOException {
        Path file = folder.resolve("model.gguf");
        Files.write(file, new GgufWriter().nested("a", 100_000).bytes());
        refused(file);
        Files.write(
                file,
                new GgufWriter()
                        .rawTensor("token_embd.weight", 9999, 0, 64, 512)
                        .bytes());
        refused(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.safetensors", "/etc/hostname", "a/../../outside.safetensors", "", "."})
    void aShardThatLeavesTheFolderIsRefused(String shard) {
        TinyLlama.file(folder.resolve("outside.safetensors"), TinyLlama.tensors());
        Path inner = folder.resolve("model");
        assertThat(inner.toFile().mkdir()).isTrue();
        TinyLlama.write(inner.resolve("config.json"), TinyLlama.CONFIG);
        TinyLlama.index(inner, "\"model.norm.weight\": \"" + shard + "\"");
        refused(inner);
    }

    @Test
    void aShardThatIsALinkOutOfTheFolderIsRefused() throws IOException {
        Path outside = folder.resolve("outside.safetensors");
        TinyLlama.file(outside, TinyLlama.tensors());
        Path inner = Files.createDirectory(folder.resolve("model"));
        Files.createSymbolicLink(inner.resolve("shard.safetensors"), outside);
        TinyLlama.write(inner.resolve("config.json"), TinyLlama.CONFIG);
        TinyLlama.index(inner, "\"model.norm.weight\": \"shard.safetensors\"");
        assertThat(refused(inner).cause()).contains("shard.safetensors", "link");
    }

    @Test
    void aShardThatIsNotThereIsNamed() {
        TinyLlama.sharded(folder);
        assertThat(folder.resolve("part-of-two-1.safetensors").toFile().delete())
                .isTrue();
        assertThat(refused(folder).cause()).contains("part-of-two-1.safetensors");
    }

    @Test
    void externalDataOutsideTheFolderIsRefused() throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(
                file,
                OnnxWriter.model(new ProtoWriter()
                        .message(
                                5,
                                OnnxWriter.externalTensor(
                                        "weight", OnnxWriter.FLOAT, Map.of("location", "../../etc/passwd"), 4, 4))));
        assertThat(refused(file).cause()).contains("../../etc/passwd");
    }

    @Test
    void namesThatDriveATerminalAreEscaped() throws IOException {
        Path file = folder.resolve("model.safetensors");
        String name = "\\u001b[31mred\\u0007\\nnext";
        Files.write(
                file,
                SafetensorsWriter.raw(
                        "{\"" + name + "\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,8]}}", 8));
        TinyLlama.write(folder.resolve("config.json"), TinyLlama.CONFIG);
        refused(folder);
        Files.delete(folder.resolve("config.json"));
        for (String form : new String[] {"table", "md", "csv", "json"}) {
            Run run = Run.of("model", file.toString(), "-v", "-o", form).answered();
            assertThat(run.out() + run.err()).doesNotContain("\u001b", "\u0007");
        }
        List<FixtureTensor> tensors = new ArrayList<>(TinyLlama.tensors());
        tensors.add(FixtureTensor.of(name, "BF16", 4));
        Run extra =
                Run.of("model", TinyLlama.folder(folder, tensors).toString()).answered();
        assertThat(extra.out()).contains("\\u001b[31mred").doesNotContain("\u001b", "\u0007");
    }

    @Test
    void aFileWhoseNameDrivesATerminalIsEscaped() throws IOException {
        Path file = Files.createFile(folder.resolve("x\u001b[31m\n.gguf"));
        assertThat(refused(file).cause()).contains("x\\u001b[31m\\u000a.gguf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "model.gguf",
                "model.onnx",
                "model.safetensors.index.json",
                "pytorch_model.bin"
            })
    void aPipeIsNoCheckpointAndIsNotWaitedFor(String name) throws Exception {
        Path pipe = folder.resolve(name);
        Pipes.make(pipe);
        assertThat(refused(pipe).cause()).contains(name, "pipe");
        TinyLlama.write(folder.resolve("config.json"), TinyLlama.CONFIG);
        assertThat(refused(folder).cause()).contains(name, "pipe");
    }

    @Test
    void aDeviceIsNoCheckpoint() throws IOException {
        Path link = folder.resolve("model.safetensors");
        Files.createSymbolicLink(link, Path.of("/dev/zero"));
        refused(link);
    }

    @Test
    void whatMayNotBeReadIsTheSurroundingsFault() throws IOException {
        Path config = Pipes.unreadable(folder.resolve("config.json"));
        assertThat(Run.of("model", config.toString()).refused(5).cause()).contains("permission denied");
        assertThat(Run.of("model", folder.toString()).refused(5).remedy()).contains("permission");
        Path weights = Pipes.unreadable(folder.resolve("model.safetensors"));
        assertThat(Run.of("model", weights.toString()).refused(5).cause()).contains("permission denied");
    }

    @Test
    void theTextOfAnErrorIsTheSameAsJson() {
        Run run = Run.of("model", folder.toString(), "-o", "json");
        Run.Refusal refusal = run.refused(4);
        assertThat(run.tree().at("/error/message").asString()).isEqualTo(refusal.cause());
        assertThat(run.tree().at("/error/exitCode").asInt()).isEqualTo(4);
        assertThat(run.out().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
    }
}
