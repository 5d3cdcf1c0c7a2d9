package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpHandler;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubRangesTest {
    private static final int LENGTH = 1_000_000;

    private final StubHub server = new StubHub();
    private final byte[] bytes = new byte[LENGTH];

    @TempDir
    Path cache;

    @AfterEach
    void stop() {
        server.close();
    }

    private ByteSource open(HttpHandler handler) {
        new Random(13).nextBytes(bytes);
        server.file("model.gguf", bytes).onFile("model.gguf", handler);
        return server.hub(cache).open(StubHub.TINY).open("hf:acme/tiny", "model.gguf");
    }

    private void refused(HttpHandler handler, String message) {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> open(handler))
                .withMessageStartingWith("hf:acme/tiny/model.gguf: ")
                .withMessageContaining(message)
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNREADABLE));
    }

    @Test
    void aServerWithoutRangesIsReadUpToWhatIsNeeded() {
        try (ByteSource source = open(exchange -> StubHub.body(200, bytes).handle(exchange))) {
            assertThat(source.length()).isEqualTo(LENGTH);
            byte[] read = new byte[300_000];
            source.read(600_000, read.length).get(read);
            assertThat(read).isEqualTo(Arrays.copyOfRange(bytes, 600_000, 900_000));
        }
    }

    @Test
    void aServerThatSendsACheckpointWholeIsBrokenOff() {
        AtomicLong sent = new AtomicLong();
        long length = 400_000_000_000L;
        try (ByteSource source = open(exchange -> {
            exchange.sendResponseHeaders(200, length);
            byte[] zeros = new byte[1 << 16];
            try {
                for (long at = 0; at < length; at += zeros.length) {
                    exchange.getResponseBody().write(zeros);
                    sent.addAndGet(zeros.length);
                }
            } catch (IOException brokenOff) {
                assertThat(brokenOff).isNotNull();
            }
        })) {
            assertThat(source.length()).isEqualTo(length);
            assertThat(source.read(100, 4).getInt()).isZero();
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> source.read(length - 4, 4))
                    .withMessageContaining("the server sends whole files, expected ranges: byte 399,999,999,996");
        }
        // 128 KiB are wanted; the rest are the buffers of two sockets.
        assertThat(sent.get()).isLessThan(64 << 20);
    }

    @Test
    void aSmallFileWithoutRangeAndLengthIsReadToItsEnd() {
        server.file("config.json", "").onFile("config.json", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[] {'{', '}'});
        });

        assertThat(server.hub(cache).open(StubHub.TINY).small("config.json")).contains(new byte[] {'{', '}'});
    }

    @Test
    void aLargeFileWithoutRangeAndLengthIsRefused() {
        refused(
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(bytes);
                },
                "found neither a range nor a length");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes */1000000",
                "bytes 0-131071/*",
                "bytes 1-131072/1000000",
                "bytes 0-131070/1000000",
                "bytes 0-131072/1000000",
                "bytes 0-131071/131071",
                "bytes 0-131071/99999999999999999999",
                "bytes=0-131071/1000000",
                "bytes -1-131071/1000000",
                "bytes 131071-0/1000000",
                "lines 0-131071/1000000"
            })
    void aRangeThatWasNotAskedForIsRefused(String contentRange) {
        refused(StubHub.body(206, new byte[131_072], "Content-Range", contentRange), "expected bytes 0-131071");
    }

    @ParameterizedTest
    @CsvSource({"131071", "1"})
    void aBodyShorterThanItsRangeIsRefused(int sent) {
        refused(
                StubHub.body(206, new byte[sent], "Content-Range", "bytes 0-131071/1000000"),
                "expected 131,072 of a file of 1,000,000");
    }

    @Test
    void aBodyLongerThanItsRangeIsCutToIt() {
        try (ByteSource source =
                open(StubHub.body(206, new byte[500_000], "Content-Range", "bytes 0-131071/1000000"))) {
            assertThat(source.length()).isEqualTo(LENGTH);
            assertThat(source.read(131_071, 1).get()).isZero();
        }
    }

    @Test
    void aConnectionThatEndsEarlyIsTheNetworksFault() {
        HttpHandler cut = exchange -> {
            StubHub.set(exchange, "Content-Range", "bytes 0-131071/1000000");
            exchange.sendResponseHeaders(206, 131_072);
            exchange.getResponseBody().write(new byte[1000]);
            exchange.getResponseBody().flush();
            throw new IOException("the server dies");
        };

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> open(cut))
                .withMessageContaining("broke the connection off")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 206})
    void aCodedBodyIsRefused(int status) {
        refused(
                StubHub.body(
                        status,
                        new byte[131_072],
                        "Content-Encoding",
                        "gzip",
                        "Content-Range",
                        "bytes 0-131071/1000000"),
                "found it coded as gzip, expected the bytes as they are");
    }

    @Test
    void aCodedDescriptionIsRefused() {
        server.onListing(StubHub.body(200, new byte[100], "Content-Encoding", "gzip"));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.hub(cache).open(StubHub.TINY))
                .withMessageContaining("found it coded as gzip");
    }

    @Test
    void aRangeRefusedByTheServerIsUnreadable() {
        refused(StubHub.status(416, "Content-Range", "bytes */5"), "found Content-Range \"bytes */5\"");
    }

    @Test
    void anEmptyAnswerWithoutRangesIsAnEmptyFile() {
        try (ByteSource source = open(StubHub.body(200, new byte[0], "Content-Length", "0"))) {
            assertThat(source.length()).isZero();
        }
    }
}
