package dev.plimsoll.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubModelTest {
    @Test
    void aReferenceHasAnOwnerANameAndPerhapsARevision() {
        assertThat(HubModel.parse("hf:openai-community/gpt2"))
                .isEqualTo(new HubModel("openai-community", "gpt2", "main"));
        assertThat(HubModel.parse("hf:Qwen/Qwen3-0.6B@refs/pr/1"))
                .isEqualTo(new HubModel("Qwen", "Qwen3-0.6B", "refs/pr/1"));
        assertThat(HubModel.parse("hf:Qwen/Qwen3-0.6B@refs/pr/1").reference())
                .isEqualTo("hf:Qwen/Qwen3-0.6B@refs/pr/1");
        assertThat(HubModel.parse("hf:Qwen/Qwen3-0.6B").reference()).isEqualTo("hf:Qwen/Qwen3-0.6B");
    }

    @Test
    void aNameOf96CharactersIsTheLongest() {
        assertThat(HubModel.parse("hf:a/" + "b".repeat(96)).name()).hasSize(96);

        assertThatExceptionOfType(InputException.class).isThrownBy(() -> HubModel.parse("hf:a/" + "b".repeat(97)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:",
                "hf:gpt2",
                "hf:/gpt2",
                "hf:acme/",
                "hf:../etc",
                "hf:acme/..",
                "hf:acme/a..b",
                "hf:acme/a--b",
                "hf:acme/.a",
                "hf:acme/a-",
                "hf:acme/a.git",
                "hf:acme/a/b",
                "hf:acme/a b",
                "hf:acme/a%2fb",
                "hf:acme/a?x=1",
                "hf:acme/a#b",
                "hf:acme/a\r\nHost: b",
                "hf:acme/\u00e9",
                "hf:ac:me/a",
                "hf:acme/a@",
                "hf:acme/a@../../b",
                "hf:acme/a@b c",
                "hf:acme/a@/b",
            })
    void namesThatTheHubForbidsAreRefusedBeforeAnythingIsSent(String reference) {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> HubModel.parse(reference))
                .withMessageStartingWith("hf: ")
                .withMessageNotContaining("\n")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.USAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "onnx/model.onnx", "a b+c&d.json", "...gguf", "\u00e9.gguf"})
    void fileNamesMayHoldAnythingThatStaysInTheRepository(String name) {
        assertThat(HubFileName.isWithin(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "./a", "a\\..\\b", "a\nb", "a\u0000"})
    void fileNamesThatLeaveTheRepositoryAreNone(String name) {
        assertThat(HubFileName.isWithin(name)).isFalse();
    }
}
