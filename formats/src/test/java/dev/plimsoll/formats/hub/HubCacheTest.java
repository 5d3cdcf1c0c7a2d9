package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.hub.StubHub.Request;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubCacheTest {
    private static final int LENGTH = 1_000_000;
    private static final String FILE = StubHub.resolve("model.gguf");

    private final StubHub server = new StubHub();
    private final byte[] bytes = new byte[LENGTH];

    @TempDir
    Path cache;

    @BeforeEach
    void fill() {
        new Random(11).nextBytes(bytes);
        server.file("model.gguf", bytes).file("config.json", "{}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private byte[] read(Hub hub, int from, int count) {
        try (ByteSource source = hub.open(StubHub.TINY).open("hf:acme/tiny", "model.gguf")) {
            byte[] read = new byte[count];
            source.read(from, count).get(read);
            return read;
        }
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> all = Files.walk(cache)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void whatWasReadIsNotFetchedAgain() throws IOException {
        read(server.hub(cache), 0, 300_000);
        server.forget();

        assertThat(read(server.hub(cache), 0, 300_000)).isEqualTo(Arrays.copyOf(bytes, 300_000));
        assertThat(server.requests()).extracting(Request::path).containsExactly("/api/models/acme/tiny/revision/main");
        // Listing under its revision and under its commit; 128 KiB, and the 300,000 - 131,072 bytes wanted then.
        assertThat(kept()).hasSize(4);
    }

    @Test
    void aCommitIsAskedForOnceAndForAll() {
        HubModel pinned = HubModel.parse("hf:acme/tiny@" + StubHub.COMMIT);
        server.hub(cache).open(StubHub.TINY).small("config.json");
        server.forget();

        assertThat(server.hub(cache).open(pinned).small("config.json")).contains("{}".getBytes(StandardCharsets.UTF_8));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aBranchIsAskedForAtEveryRunAndMovesOn() {
        server.hub(cache).open(StubHub.TINY);
        String later = "f".repeat(40);
        server.onListing(StubHub.body(
                200, server.listing().replace(StubHub.COMMIT, later).getBytes(StandardCharsets.UTF_8)));

        assertThat(server.hub(cache).open(StubHub.TINY).commit()).isEqualTo(later);
        assertThat(server.offline(cache).open(StubHub.TINY).commit()).isEqualTo(later);
    }

    @Test
    void offlineReadsTheSameWithoutAnyRequest() {
        byte[] online = read(server.hub(cache), 500_000, 200_000);
        server.hub(cache).open(StubHub.TINY).small("config.json");
        server.forget();

        assertThat(read(server.offline(cache), 500_000, 200_000)).isEqualTo(online);
        assertThat(server.offline(cache).open(StubHub.TINY).small("config.json"))
                .isPresent();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void offlineSaysWhatIsMissing() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.offline(cache).open(StubHub.TINY))
                .withMessageStartingWith("hf:acme/tiny: offline, and its list of files is not in the cache " + cache)
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));

        server.hub(cache).open(StubHub.TINY);
        HubFolder folder = server.offline(cache).open(StubHub.TINY);
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> folder.small("config.json"))
                .withMessageStartingWith("hf:acme/tiny/config.json: offline, and its bytes from 0 are not in the cache")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));

        read(server.hub(cache), 0, 1);
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(server.offline(cache), 0, 131_073))
                .withMessageContaining("model.gguf: offline, and its bytes from 131,072 are not in the cache");
    }

    @Test
    void aDamagedPieceCountsAsNotThere() throws IOException {
        read(server.hub(cache), 0, 300_000);
        for (Path piece : kept()) {
            byte[] whole = Files.readAllBytes(piece);
            for (int damage : new int[] {0, 40, whole.length - 1}) {
                byte[] damaged = whole.clone();
                damaged[damage] ^= 1;
                Files.write(piece, damaged);
                assertThat(read(server.hub(cache), 0, 300_000)).isEqualTo(Arrays.copyOf(bytes, 300_000));
                assertThat(piece).hasBinaryContent(whole);
            }
            for (int length : new int[] {0, whole.length - 1}) {
                Files.write(piece, Arrays.copyOf(whole, length));
                assertThat(read(server.hub(cache), 0, 300_000)).isEqualTo(Arrays.copyOf(bytes, 300_000));
                assertThat(piece).hasBinaryContent(whole);
            }
        }
    }

    @Test
    void aDamagedPieceIsMissingOffline() throws IOException {
        server.hub(cache).open(StubHub.TINY);
        for (Path piece : kept()) {
            Files.write(piece, new byte[100]);
        }

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.offline(cache).open(StubHub.TINY))
                .withMessageContaining("its list of files is not in the cache");
    }

    @Test
    void thePieceBetweenTwoKeptOnesIsFetchedAndNoMore() {
        read(server.hub(cache), 200_000, 1);
        server.forget();

        // Kept are 0 to 131,071, and 128 KiB from 200,000.
        assertThat(read(server.hub(cache), 100_000, 200_000)).isEqualTo(Arrays.copyOfRange(bytes, 100_000, 300_000));
        assertThat(server.requests(FILE)).extracting(Request::range).containsExactly("bytes=131072-199999");
    }

    @Test
    void withoutACacheOneNoteIsMadeAndTheAnswerIsTheSame() throws IOException {
        Path file = Files.createFile(cache.resolve("file"));

        HubFolder folder = server.hub(file).open(StubHub.TINY);
        assertThat(folder.small("config.json")).contains("{}".getBytes(StandardCharsets.UTF_8));
        try (ByteSource source = folder.open("hf:acme/tiny", "model.gguf")) {
            assertThat(source.read(999_999, 1).get()).isEqualTo(bytes[999_999]);
        }

        assertThat(folder.notes())
                .singleElement()
                .asString()
                .startsWith("The cache " + file)
                .contains("cannot be written");
    }

    @Test
    void aLengthThatChangesBetweenTwoPiecesIsRefused() {
        read(server.hub(cache), 0, 1);
        server.file("model.gguf", Arrays.copyOf(bytes, LENGTH - 1));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(server.hub(cache), 500_000, 1))
                .withMessageContaining("found a length of 999,999, expected 1,000,000 as before")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNREADABLE));

        // The odd one was not kept: with the true file all is well again.
        server.file("model.gguf", bytes);
        assertThat(read(server.hub(cache), 500_000, 1)).containsExactly(bytes[500_000]);
    }

    @Test
    void twoHubsDoNotShareACache() {
        server.hub(cache).open(StubHub.TINY).small("config.json");

        try (StubHub other = new StubHub().file("config.json", "{\"other\":1}")) {
            assertThat(other.hub(cache).open(StubHub.TINY).small("config.json"))
                    .contains("{\"other\":1}".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void runsSideBySideReadTheSame() throws Exception {
        List<Callable<byte[]>> runs = new ArrayList<>();
        for (int run = 0; run < 16; run++) {
            // Different reads, so that they keep pieces of different lengths at the same offsets.
            int from = run * 1000;
            runs.add(() -> read(server.hub(cache), from, 600_000));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> read = threads.invokeAll(runs);
            for (int run = 0; run < 16; run++) {
                assertThat(read.get(run).get()).isEqualTo(Arrays.copyOfRange(bytes, run * 1000, run * 1000 + 600_000));
            }
        }
        assertThat(kept()).noneMatch(file -> file.toString().endsWith(".tmp"));
        assertThat(read(server.offline(cache), 0, 600_000)).isEqualTo(Arrays.copyOf(bytes, 600_000));
    }

    @Test
    void theTokenIsSentAndNowhereKept() throws IOException {
        read(server.withToken(cache), 0, 300_000);

        assertThat(server.requests())
                .isNotEmpty()
                .allMatch(request -> request.authorization().equals("Bearer " + StubHub.SECRET));
        for (Path piece : kept()) {
            assertThat(Files.readString(piece, StandardCharsets.ISO_8859_1)).doesNotContain(StubHub.SECRET);
        }
    }
}
