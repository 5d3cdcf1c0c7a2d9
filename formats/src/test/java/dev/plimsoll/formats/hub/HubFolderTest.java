package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.hub.StubHub.Request;
import dev.plimsoll.formats.safetensors.SafetensorsSet;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubFolderTest {
    private static final int KIB = 1024;

    private final StubHub server = new StubHub();

    @TempDir
    Path cache;

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aModelHasACommitAndFiles() {
        server.file("config.json", "{\"model_type\": \"llama\"}").file("onnx/model.onnx", "");

        HubFolder folder = server.hub(cache).open(StubHub.TINY);

        assertThat(folder.commit()).isEqualTo(StubHub.COMMIT);
        assertThat(folder.files()).containsExactly("config.json", "onnx/model.onnx");
        assertThat(folder.small("config.json"))
                .contains("{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(folder.small("generation_config.json")).isEmpty();
        assertThat(folder.small("onnx/model.onnx")).contains(new byte[0]);
        assertThat(folder.notes()).isEmpty();
    }

    @Test
    void ofAShardedCheckpointOnlyTheHeadersAreFetched() {
        SafetensorsWriter first = new SafetensorsWriter().tensor("a", "F32", 1000, 1000);
        SafetensorsWriter second = new SafetensorsWriter().tensor("b", "BF16", 3000, 1000);
        server.file(
                        "model.safetensors.index.json",
                        "{\"weight_map\":{\"a\":\"x.safetensors\",\"b\":\"y.safetensors\"}}")
                .file("x.safetensors", first.bytes())
                .file("y.safetensors", second.bytes());
        HubFolder folder = server.hub(cache).open(StubHub.TINY);

        Checkpoint checkpoint;
        try (ByteSource index = folder.open("hf:acme/tiny", "model.safetensors.index.json")) {
            checkpoint = SafetensorsSet.read(index, folder);
        }

        // 4,000,000 and 6,000,000 bytes of weights, of which the first 128 KiB of each file travelled.
        assertThat(checkpoint.tensors())
                .extracting(tensor -> tensor.bytes().count())
                .containsExactly(4_000_000L, 6_000_000L);
        assertThat(server.requests(StubHub.resolve("x.safetensors")))
                .extracting(Request::range)
                .containsExactly("bytes=0-131071");
        assertThat(server.requests(StubHub.resolve("y.safetensors")))
                .extracting(Request::range)
                .containsExactly("bytes=0-131071");
    }

    @Test
    void piecesThatFollowOnGrowAndThoseAfterALeapAreSmall() {
        byte[] bytes = noise(8192 * KIB);
        server.file("model.gguf", bytes);

        try (ByteSource source = server.hub(cache).open(StubHub.TINY).open("hf:acme/tiny", "model.gguf")) {
            assertThat(source.length()).isEqualTo(8192 * KIB);
            assertThat(source.name()).isEqualTo("hf:acme/tiny/model.gguf");
            byte[] read = new byte[1024 * KIB];
            for (int at = 0; at < read.length; at += 64 * KIB) {
                source.read(at, 64 * KIB).get(read, at, 64 * KIB);
            }
            assertThat(read).isEqualTo(Arrays.copyOf(bytes, read.length));
            assertThat(source.read(8000 * KIB, 4).get(3)).isEqualTo(bytes[8000 * KIB + 3]);
        }

        // 128 KiB, then 256, 512 and 1024 that follow on, then 128 at byte 8,192,000, all counted from 0.
        assertThat(server.requests(StubHub.resolve("model.gguf")))
                .extracting(Request::range)
                .containsExactly(
                        "bytes=0-131071",
                        "bytes=131072-393215",
                        "bytes=393216-917503",
                        "bytes=917504-1966079",
                        "bytes=8192000-8323071");
    }

    @Test
    void aReadMaySpanPiecesAndBeLargerThanOne() {
        byte[] bytes = noise(5000 * KIB);
        server.file("model.gguf", bytes);

        try (ByteSource source = server.hub(cache).open(StubHub.TINY).open("hf:acme/tiny", "model.gguf")) {
            byte[] read = new byte[4999 * KIB];
            source.read(KIB, read.length).get(read);
            assertThat(read).isEqualTo(Arrays.copyOfRange(bytes, KIB, bytes.length));
            assertThat(source.read(source.length(), 0).remaining()).isZero();
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> source.read(5000 * KIB - 3, 4))
                    .withMessageContaining("ends before byte 5,120,001");
        }
    }

    @Test
    void everyFileIsAskedForAtTheCommitThatTheRevisionNamedFirst() {
        server.file("config.json", "{}");
        HubFolder folder = server.hub(cache).open(HubModel.parse("hf:acme/tiny@refs/pr/1"));
        folder.small("config.json");

        assertThat(server.requests())
                .extracting(Request::path)
                .containsExactly("/api/models/acme/tiny/revision/refs%2Fpr%2F1", StubHub.resolve("config.json"));
    }

    @Test
    void anAnswerOfAnotherCommitIsRefused() {
        server.file("config.json", "{}")
                .onFile(
                        "config.json",
                        StubHub.body(
                                206, new byte[2], "Content-Range", "bytes 0-1/2", "X-Repo-Commit", "f".repeat(40)));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.hub(cache).open(StubHub.TINY).small("config.json"))
                .withMessageContaining("found commit " + "f".repeat(40) + ", expected " + StubHub.COMMIT);
    }

    @Test
    void aFileNameIsEncodedForItsAddress() {
        server.file("a b+c&d#e?.json", "{}")
                .onFile(
                        "a%20b%2Bc%26d%23e%3F.json",
                        StubHub.body(206, "{}".getBytes(StandardCharsets.UTF_8), "Content-Range", "bytes 0-1/2"));

        assertThat(server.hub(cache).open(StubHub.TINY).small("a b+c&d#e?.json"))
                .contains("{}".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../other/model/resolve/main/x", "/x", "a\\b", ""})
    void namesThatLeaveTheRepositoryAreRefusedUnsent(String name) {
        HubFolder folder = server.hub(cache).open(StubHub.TINY);
        server.forget();

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> folder.open("index.json", name))
                .withMessageStartingWith("index.json: names ")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNREADABLE));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aFileThatTheModelLacksIsNamedWithTheFileThatNamesIt() {
        HubFolder folder = server.hub(cache).open(StubHub.TINY);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> folder.open("index.json", "b.safetensors"))
                .withMessage("index.json: names b.safetensors, which is not in hf:acme/tiny");
    }

    @Test
    void aListedNameThatLeavesTheRepositoryIsLeftOut() {
        server.onListing(StubHub.body(
                200,
                ("{\"siblings\":[{\"rfilename\":\"../x\"},{\"rfilename\":\"a.gguf\"}],\"sha\":\"" + StubHub.COMMIT
                                + "\"}")
                        .getBytes(StandardCharsets.UTF_8)));

        assertThat(server.hub(cache).open(StubHub.TINY).files()).containsExactly("a.gguf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"sha\":\"../..\"}",
                "{\"sha\":null}",
                "<html>",
                "{\"sha\":\"main\",\"siblings\":7}"
            })
    void aDescriptionThatMakesNoSenseIsUnreadable(String json) {
        server.onListing(StubHub.body(200, json.getBytes(StandardCharsets.UTF_8)));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.hub(cache).open(StubHub.TINY))
                .withMessageStartingWith("hf:acme/tiny: the hub's description: ")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNREADABLE));
    }

    @Test
    void aDescriptionWithoutEndIsNotReadToTheEnd() {
        server.onListing(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] spaces = " ".repeat(64 * KIB).getBytes(StandardCharsets.UTF_8);
            while (true) {
                exchange.getResponseBody().write(spaces);
            }
        });

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.hub(cache).open(StubHub.TINY))
                .withMessageContaining("more than 16,777,216 bytes");
    }

    @Test
    void aSmallFileHasAtMost16MiB() {
        server.file("config.json", new byte[(16 << 20) + 1]);
        HubFolder folder = server.hub(cache).open(StubHub.TINY);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> folder.small("config.json"))
                .withMessageContaining("16,777,217 bytes, expected a small file");
    }

    @Test
    void whoeverReadsWholeWeightsIsStopped() {
        server.file("model.gguf", "").onFile("model.gguf", exchange -> {
            String[] range =
                    exchange.getRequestHeaders().getFirst("Range").substring(6).split("-", -1);
            int count = (int) (Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1);
            StubHub.body(206, new byte[count], "Content-Range", "bytes " + range[0] + "-" + range[1] + "/400000000000")
                    .handle(exchange);
        });
        Path noFolder = Path.of("/dev/null");

        try (ByteSource source = server.hub(noFolder).open(StubHub.TINY).open("hf:acme/tiny", "model.gguf")) {
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> {
                        for (long at = 0; at < 300L << 20; at += 1 << 20) {
                            source.read(at, 1 << 20);
                        }
                    })
                    .withMessageContaining("found no end of its header in 268,435,456 bytes");
        }
    }
}
