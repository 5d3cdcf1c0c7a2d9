package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubEnvironmentTest {
    @TempDir
    Path home;

    private HubEnvironment linux(Map<String, String> variables) {
        return new HubEnvironment(variables, home, "Linux");
    }

    private static Optional<String> header(HubEnvironment environment) {
        return environment.token().map(HubToken::header);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(home.resolve(file).resolve(".."));
        Files.writeString(home.resolve(file), text);
    }

    @Test
    void withoutVariablesItIsThePublicHubWithoutAToken() {
        Hub hub = Hub.of(linux(Map.of("HF_TOKEN", "")), HubAccess.ONLINE);

        assertThat(hub.endpoint()).hasToString("https://huggingface.co");
        assertThat(hub.token()).isEmpty();
        assertThat(hub.access()).isEqualTo(HubAccess.ONLINE);
        assertThat(hub.timeouts().connect()).hasSeconds(10);
        assertThat(hub.timeouts().request()).hasSeconds(30);
    }

    @Test
    void theEndpointMayBeAMirrorWithOrWithoutASlashAtItsEnd() {
        assertThat(linux(Map.of("HF_ENDPOINT", "https://hub.example/mirror/")).endpoint())
                .hasToString("https://hub.example/mirror");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "huggingface.co",
                "ftp://hub.example",
                "https://",
                "file:///etc",
                "https://me:pass@hub.example",
                "https://hub.example?a=pass",
                "https://hub.example#pass",
                "https://a b"
            })
    void anEndpointThatIsNoPlainWebAddressIsRefusedAndNotRepeated(String endpoint) {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> Hub.of(linux(Map.of("HF_ENDPOINT", endpoint)), HubAccess.ONLINE))
                .withMessageStartingWith("HF_ENDPOINT: ")
                .withMessageNotContaining("pass")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));
    }

    @Test
    void aTokenIsNotSentOverHttpToAnotherMachine() {
        Map<String, String> variables = Map.of("HF_ENDPOINT", "http://hub.example", "HF_TOKEN", StubHub.SECRET);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> Hub.of(linux(variables), HubAccess.ONLINE))
                .withMessageContaining("expected https")
                .withMessageNotContaining(StubHub.SECRET);
        assertThat(Hub.of(linux(Map.of("HF_ENDPOINT", "http://hub.example")), HubAccess.ONLINE)
                        .endpoint())
                .hasHost("hub.example");
        // Offline nothing is sent, so no token is looked for.
        assertThat(Hub.of(linux(variables), HubAccess.OFFLINE).token()).isEmpty();
    }

    @Test
    void theTokenIsLookedForInTheUsualOrder() throws IOException {
        write(".cache/huggingface/token", "hf_default\n");
        write("xdg/huggingface/token", "hf_xdg");
        write("hf/token", " hf_home\r\n");
        write("elsewhere", "hf_path");

        String xdg = home.resolve("xdg").toString();
        String hf = home.resolve("hf").toString();
        assertThat(header(linux(Map.of()))).contains("Bearer hf_default");
        assertThat(header(linux(Map.of("XDG_CACHE_HOME", xdg)))).contains("Bearer hf_xdg");
        assertThat(header(linux(Map.of("XDG_CACHE_HOME", xdg, "HF_HOME", hf)))).contains("Bearer hf_home");
        assertThat(header(linux(Map.of("HF_HOME", hf, "HF_TOKEN_PATH", "~/elsewhere"))))
                .contains("Bearer hf_path");
        assertThat(header(linux(Map.of("HF_TOKEN_PATH", "~/elsewhere", "HUGGING_FACE_HUB_TOKEN", "hf_old"))))
                .contains("Bearer hf_old");
        assertThat(header(linux(Map.of("HUGGING_FACE_HUB_TOKEN", "hf_old", "HF_TOKEN", "hf_new"))))
                .contains("Bearer hf_new");
        assertThat(header(linux(Map.of("HF_HOME", xdg)))).isEmpty();
    }

    @Test
    void aTokenFileThatCannotBeReadIsSaid() throws IOException {
        Files.createDirectories(home.resolve(".cache/huggingface/token"));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> linux(Map.of()).token())
                .withMessageContaining("the token file cannot be read");
    }

    @Test
    void aTokenNeverPrints() {
        Hub hub = Hub.of(linux(Map.of("HF_TOKEN", StubHub.SECRET)), HubAccess.ONLINE);

        assertThat(hub.toString()).contains("(hidden)").doesNotContain(StubHub.SECRET);
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> HubToken.of("HF_TOKEN", "hf_secret\r\nHost: evil"))
                .withMessageStartingWith("HF_TOKEN: found characters that no token has")
                .withMessageNotContaining("secret")
                .withNoCause();
    }

    @Test
    void offlineIsAskedForOrSetInTheEnvironment() {
        assertThat(Hub.of(linux(Map.of("HF_HUB_OFFLINE", "true")), HubAccess.ONLINE)
                        .access())
                .isEqualTo(HubAccess.OFFLINE);
        assertThat(Hub.of(linux(Map.of("HF_HUB_OFFLINE", "0")), HubAccess.ONLINE)
                        .access())
                .isEqualTo(HubAccess.ONLINE);
        assertThat(Hub.of(linux(Map.of()), HubAccess.OFFLINE).access()).isEqualTo(HubAccess.OFFLINE);
    }

    @Test
    void theCacheLiesWhereTheOperatingSystemPutsCaches() {
        String other = home.resolve("other").toString();

        assertThat(linux(Map.of()).cache()).isEqualTo(home.resolve(".cache/plimsoll/hub"));
        assertThat(linux(Map.of("XDG_CACHE_HOME", other)).cache()).isEqualTo(home.resolve("other/plimsoll/hub"));
        assertThat(linux(Map.of("XDG_CACHE_HOME", "relative")).cache()).isEqualTo(home.resolve(".cache/plimsoll/hub"));
        assertThat(linux(Map.of("PLIMSOLL_CACHE", other)).cache()).isEqualTo(home.resolve("other/hub"));
        assertThat(new HubEnvironment(Map.of(), home, "Mac OS X").cache())
                .isEqualTo(home.resolve("Library/Caches/plimsoll/hub"));
        assertThat(new HubEnvironment(Map.of("LOCALAPPDATA", other), home, "Windows 11").cache())
                .isEqualTo(home.resolve("other/plimsoll/hub"));
    }

    @Test
    void whomAnAddressBelongsToIsSchemeHostAndPort() {
        HubOrigin hub = HubOrigin.of(URI.create("https://HUB.example/a"));

        assertThat(hub).isEqualTo(HubOrigin.of(URI.create("https://hub.example:443/b")));
        assertThat(hub).isNotEqualTo(HubOrigin.of(URI.create("http://hub.example/a")));
        assertThat(hub).isNotEqualTo(HubOrigin.of(URI.create("https://hub.example:8443/a")));
        assertThat(hub).isNotEqualTo(HubOrigin.of(URI.create("https://cdn.hub.example/a")));
    }
}
