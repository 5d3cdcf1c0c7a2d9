package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpHandler;
import dev.plimsoll.formats.hub.StubHub.Request;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubRedirectTest {
    private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
    private static final String BEARER = "Bearer " + StubHub.SECRET;

    private final StubHub server = new StubHub();
    private final StubHub elsewhere = new StubHub();

    @TempDir
    Path cache;

    @BeforeEach
    void fill() {
        server.file("config.json", CONFIG);
        elsewhere.on("/cdn/blob", exchange -> StubHub.ranges(exchange, CONFIG));
    }

    @AfterEach
    void stop() {
        server.close();
        elsewhere.close();
    }

    private static HttpHandler to(String location) {
        return StubHub.status(302, "Location", location, "X-Repo-Commit", StubHub.COMMIT);
    }

    private InputException failure() {
        HubFolder folder = server.withToken(cache).open(StubHub.TINY);
        try {
            folder.small("config.json");
        } catch (InputException failure) {
            return failure;
        }
        throw new AssertionError("expected a failure");
    }

    @Test
    void aRedirectToAnotherHostLosesTheTokenAndKeepsTheRange() {
        server.onFile("config.json", to(elsewhere.endpoint() + "/cdn/blob?signature=1"));

        assertThat(server.withToken(cache).open(StubHub.TINY).small("config.json"))
                .contains(CONFIG);
        assertThat(server.requests(StubHub.resolve("config.json")))
                .extracting(Request::authorization)
                .containsExactly(BEARER);
        assertThat(elsewhere.requests()).containsExactly(new Request("/cdn/blob", "bytes=0-131071", ""));
    }

    @Test
    void aRedirectWithinTheHubKeepsTheToken() {
        server.onFile("config.json", to("/api/resolve-cache/config.json"))
                .on("/api/resolve-cache/config.json", exchange -> StubHub.ranges(exchange, CONFIG));

        assertThat(server.withToken(cache).open(StubHub.TINY).small("config.json"))
                .contains(CONFIG);
        assertThat(server.requests("/api/resolve-cache/config.json"))
                .containsExactly(new Request("/api/resolve-cache/config.json", "bytes=0-131071", BEARER));
    }

    @Test
    void whoeverSendsBackToTheHubDoesNotGetTheTokenUsed() {
        server.onFile("config.json", to(elsewhere.endpoint() + "/back"))
                .on("/chosen", exchange -> StubHub.ranges(exchange, CONFIG));
        elsewhere.on("/back", to(server.endpoint() + "/chosen"));

        assertThat(server.withToken(cache).open(StubHub.TINY).small("config.json"))
                .contains(CONFIG);
        assertThat(server.requests("/chosen"))
                .extracting(Request::authorization)
                .containsExactly("");
    }

    @Test
    void aListingThatIsRedirectedLosesTheTokenToo() {
        server.onListing(to(elsewhere.endpoint() + "/moved"));
        elsewhere.on("/moved", StubHub.body(200, server.listing().getBytes(StandardCharsets.UTF_8)));

        assertThat(server.withToken(cache).open(StubHub.TINY).files()).containsExactly("config.json");
        assertThat(elsewhere.requests()).extracting(Request::authorization).containsExactly("");
    }

    @Test
    void theSameHostByAnotherNameIsAnotherHost() {
        server.onFile("config.json", to("http://localhost:" + server.endpoint().getPort() + "/other"))
                .on("/other", exchange -> StubHub.ranges(exchange, CONFIG));

        assertThat(server.withToken(cache).open(StubHub.TINY).small("config.json"))
                .contains(CONFIG);
        assertThat(server.requests("/other")).extracting(Request::authorization).containsExactly("");
    }

    @Test
    void fiveRedirectsAreFollowedAndNotSix() {
        for (int hop = 1; hop < 6; hop++) {
            server.on("/hop" + hop, to("/hop" + (hop + 1)));
        }
        server.on("/hop6", exchange -> StubHub.ranges(exchange, CONFIG));

        server.onFile("config.json", to("/hop2"));
        assertThat(server.hub(cache).open(StubHub.TINY).small("config.json")).contains(CONFIG);
        server.onFile("config.json", to("/hop1"));
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() ->
                        server.hub(cache.resolve("fresh")).open(StubHub.TINY).small("config.json"))
                .withMessageContaining("redirects more than 5 times")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://127.0.0.1/x",
                "jar:file:/x!/y",
                "data:,x",
                "http:///x",
                "http:x",
                "https://user:password@127.0.0.1/x",
                "",
                "http://a b/",
                "//"
            })
    void aRedirectToAnythingButAWebAddressIsRefused(String location) {
        server.onFile("config.json", to(location));

        InputException failure = failure();

        assertThat(failure).hasMessageContaining("redirects to ").hasMessageNotContaining("password");
        assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS);
    }

    @Test
    void aRefusalOfAnotherHostIsNotTakenForTheHubs() {
        server.onFile("config.json", to(elsewhere.endpoint() + "/cdn/expired?signature=1"));
        elsewhere.on("/cdn/expired", StubHub.status(403));

        assertThat(failure())
                .hasMessage("hf:acme/tiny/config.json: 127.0.0.1 answers HTTP 403, expected the bytes asked for");
    }
}
