package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubStatusTest {
    private static final String FILE = StubHub.resolve("config.json");

    private final StubHub server = new StubHub();

    @TempDir
    Path cache;

    @BeforeEach
    void fill() {
        server.file("config.json", "{}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static InputException failure(Hub hub) {
        try {
            hub.open(StubHub.TINY).small("config.json");
        } catch (InputException failure) {
            assertThat(failure).hasMessageNotContaining(StubHub.SECRET).hasNoCause();
            assertThat(failure.remedy()).doesNotContain(StubHub.SECRET);
            return failure;
        }
        throw new AssertionError("expected a failure");
    }

    /// Fails that often, then answers.
    private HttpHandler failing(int times, int status, String... headers) {
        AtomicInteger left = new AtomicInteger(times);
        return exchange -> {
            if (left.getAndDecrement() > 0) {
                StubHub.status(status, headers).handle(exchange);
            } else {
                StubHub.ranges(exchange, "{}".getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aGatedModelNeedsAccessAndAToken(int status) {
        server.onFile("config.json", StubHub.status(status, "X-Error-Code", "GatedRepo"));

        InputException without = failure(server.hub(cache));
        assertThat(without).hasMessage("hf:acme/tiny: access is restricted (HTTP " + status + "), expected it granted");
        assertThat(without.remedy())
                .isEqualTo("Ask for access at " + server.endpoint()
                        + "/acme/tiny, then set HF_TOKEN to a token of that account.");
        assertThat(without.kind()).isEqualTo(FailureKind.SURROUNDINGS);
        assertThat(failure(server.withToken(cache)).remedy()).contains("with the account of your token");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404})
    void aModelThatIsNotThereMayBePrivate(int status) {
        server.onListing(StubHub.status(status));

        InputException without = failure(server.hub(cache));
        assertThat(without)
                .hasMessage("hf:acme/tiny: no such model, or a private one (HTTP " + status
                        + "), expected a model on 127.0.0.1");
        assertThat(without.remedy()).contains("Check owner and name").contains("HF_TOKEN");
        assertThat(without.kind()).isEqualTo(FailureKind.UNREADABLE);
    }

    @Test
    void aTokenThatTheHubDoesNotKnowIsSaidToBeRefused() {
        server.onListing(StubHub.status(401));

        InputException failure = failure(server.withToken(cache));
        assertThat(failure).hasMessage("hf:acme/tiny: the token was refused (HTTP 401), expected a valid one");
        assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS);
        server.onListing(StubHub.status(404));
        assertThat(failure(server.withToken(cache))).hasMessageContaining("no such model, or a private one (HTTP 404)");
    }

    @Test
    void aForbiddenAnswerWithoutReasonIsRestrictedAccess() {
        server.onListing(StubHub.status(403));

        assertThat(failure(server.hub(cache))).hasMessageContaining("access is restricted (HTTP 403)");
    }

    @Test
    void aRevisionThatIsNotThereIsNamed() {
        server.onListing(StubHub.status(404, "X-Error-Code", "RevisionNotFound"));

        assertThat(failure(server.hub(cache)))
                .hasMessageContaining("no revision main, expected a branch, a tag or a commit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EntryNotFound", "none"})
    void aListedFileThatIsNotThereIsNamed(String code) {
        server.onFile("config.json", StubHub.status(404, "X-Error-Code", code));

        assertThat(failure(server.hub(cache)))
                .hasMessageStartingWith("hf:acme/tiny/config.json: the hub lists the file");
    }

    @Test
    void aProxyThatWantsAPasswordIsSaidToBeOne() {
        server.onListing(StubHub.status(407));

        assertThat(failure(server.hub(cache))).hasMessageContaining("the proxy asks for a password");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void whatPassesIsTriedTwiceAgain(int status) {
        server.onFile("config.json", failing(2, status));

        assertThat(server.hub(cache).open(StubHub.TINY).small("config.json")).isPresent();
        assertThat(server.requests(FILE)).hasSize(3);
    }

    @Test
    void whatDoesNotPassIsSaidAfterThreeTries() {
        server.onFile("config.json", failing(3, 503));

        InputException failure = failure(server.hub(cache));
        assertThat(failure)
                .hasMessage("hf:acme/tiny/config.json: 127.0.0.1 answers HTTP 503, expected the bytes asked for");
        assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS);
        assertThat(server.requests(FILE)).hasSize(3);
    }

    @Test
    void aShortRetryAfterIsHonoured() {
        server.onFile("config.json", failing(1, 429, "Retry-After", "1"));

        long start = System.nanoTime();
        assertThat(server.hub(cache).open(StubHub.TINY).small("config.json")).isPresent();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    }

    @Test
    void aRetryAfterOfMoreThanFiveSecondsIsToldInsteadOfWaitedFor() {
        server.onFile("config.json", failing(1, 429, "Retry-After", "60"));

        InputException failure = failure(server.hub(cache));
        assertThat(failure).hasMessageContaining("too many requests (HTTP 429), expected");
        assertThat(failure.remedy()).startsWith("Wait 60 s and try again");
        assertThat(server.requests(FILE)).hasSize(1);
    }

    @Test
    void aRetryAfterThatIsNoNumberOfSecondsIsNotGuessedAt() {
        server.onFile("config.json", failing(3, 429, "Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"));

        assertThat(failure(server.hub(cache)).remedy()).startsWith("Wait some minutes and try again");
        assertThat(server.requests(FILE)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 304, 400, 418})
    void anyOtherStatusIsSaid(int status) {
        server.onFile("config.json", StubHub.status(status));

        assertThat(failure(server.withToken(cache))).hasMessageContaining("answers HTTP " + status);
        assertThat(server.requests(FILE)).hasSize(1);
    }
}
