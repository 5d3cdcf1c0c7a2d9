package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpHandler;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class HubDeadlineTest {
    private static final HubTimeouts SHORT =
            new HubTimeouts(Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofMillis(200));

    private final StubHub server = new StubHub();
    private final CountDownLatch done = new CountDownLatch(1);

    @TempDir
    Path cache;

    @AfterEach
    void stop() {
        done.countDown();
        server.close();
    }

    private void late(HttpHandler handler) {
        server.file("config.json", "{}").onFile("config.json", handler);
        // Listed without hurry, so that only the file can be late; a known commit is not asked for again.
        assertThat(server.hub(cache).open(StubHub.TINY).files()).containsExactly("config.json");
        Hub hurried = new Hub(server.endpoint(), HubAccess.ONLINE, cache, Optional.empty(), SHORT);
        HubFolder folder = hurried.open(HubModel.parse("hf:acme/tiny@" + StubHub.COMMIT));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> folder.small("config.json"))
                .withMessageEndingWith("/config.json: no complete answer of 127.0.0.1 within 0.3 s, expected one")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));
    }

    private void hang() {
        try {
            assertThat(done.await(15, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aServerThatNeverAnswersIsLeft() {
        late(exchange -> hang());
    }

    @Test
    void aServerThatSendsHeadersAndNothingElseIsLeft() {
        late(exchange -> {
            StubHub.set(exchange, "Content-Range", "bytes 0-999/1000");
            exchange.sendResponseHeaders(206, 1000);
            exchange.getResponseBody().flush();
            hang();
        });
    }

    @Test
    void aServerThatTricklesIsLeft() {
        late(exchange -> {
            StubHub.set(exchange, "Content-Range", "bytes 0-999/1000");
            exchange.sendResponseHeaders(206, 1000);
            try {
                // A byte every 20 ms would take 20 s in all.
                for (int sent = 0; sent < 1000 && !done.await(20, TimeUnit.MILLISECONDS); sent++) {
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void redirectsAndRetriesShareOneTimeLimit() {
        server.on("/slow", exchange -> hang());

        late(StubHub.status(302, "Location", "/slow"));
    }

    @Test
    void aServerThatIsNotThereIsTheNetworksFault() {
        URI nobody = server.endpoint();
        server.close();
        Hub hub = new Hub(nobody, HubAccess.ONLINE, cache, Optional.empty(), StubHub.QUICK);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> hub.open(StubHub.TINY))
                .withMessage("hf:acme/tiny: 127.0.0.1 cannot be reached, expected an answer")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS))
                .satisfies(failure ->
                        assertThat(failure.remedy()).contains("proxy").contains("--offline"));
    }

    @Test
    void aServerThatSpeaksNoHttpIsTheNetworksFault() {
        Hub hub = new Hub(
                URI.create(server.endpoint().toString().replace("http:", "https:")),
                HubAccess.ONLINE,
                cache,
                Optional.empty(),
                SHORT);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> hub.open(StubHub.TINY))
                .withMessageMatching("hf:acme/tiny: .*127\\.0\\.0\\.1 .*, expected .*")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));
    }

    @Test
    void anInterruptEndsTheWaitAndIsPassedOn() {
        server.onListing(exchange -> hang());
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> server.hub(cache).open(StubHub.TINY))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
