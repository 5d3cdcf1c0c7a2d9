package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Configs as users have them: by pipe, with values missing or absurd, of models that nobody knows.
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfigTest {
    @TempDir
    private Path folder;

    private static Run model(String config) {
        return Run.withInput(config, "model", "-", "-o", "json");
    }

    @Test
    void aConfigMayComeByNamedPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        Pipes.make(pipe);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> TinyLlama.write(pipe, TinyLlama.CONFIG));
        assertThat(Run.json("model", pipe.toString()).at("/parameters/total").asLong())
                .isEqualTo(TinyLlama.PARAMETERS);
        writing.join();
    }

    @Test
    void standardInputIsReadOnceAndTheSecondTimeIsEmpty() {
        Run run = Run.withInput(TinyLlama.CONFIG, "model", "-", "-");
        assertThat(run.refused(4).cause()).contains("standard input");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_size | 0",
                "hidden_size | -64",
                "hidden_size | 1000000000000000000",
                "hidden_size | 9223372036854775808",
                "hidden_size | 1e400",
                "hidden_size | NaN",
                "hidden_size | null",
                "hidden_size | \"64\"",
                "hidden_size | 64.5",
                "hidden_size | true",
                "hidden_size | [64]",
                "hidden_size | {}",
                "num_hidden_layers | -2",
                "num_hidden_layers | 1000000000000000000",
                "num_attention_heads | 0",
                "num_attention_heads | 7",
                "num_attention_heads | -8",
                "num_key_value_heads | 0",
                "num_key_value_heads | 3",
                "num_key_value_heads | 16",
                "intermediate_size | 0",
                "intermediate_size | -1",
                "vocab_size | 0",
                "vocab_size | -5",
                "model_type | \"nobody-knows\"",
                "model_type | 5"
            })
    void anAbsurdValueIsRefusedByItsName(String key, String value) {
        String config = TinyLlama.CONFIG.replaceAll("\"" + key + "\": [^,\n]+", "\"" + key + "\": " + value);
        assertThat(config).isNotEqualTo(TinyLlama.CONFIG);
        Run run = model(config);
        Run.Refusal refusal = run.refused(4);
        if (!value.equals("NaN")) {
            assertThat(refusal.cause()).as("of %s %s", key, value).contains(key);
        }
        assertThat(run.tree().at("/error/exitCode").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size"})
    void aMissingSizeIsNamed(String key) {
        String config = TinyLlama.CONFIG.replaceAll("\"" + key + "\": [^,\n]+,", "");
        assertThat(model(config).refused(4).cause()).contains(key);
    }

    @Test
    void headsThatDoNotDivideSayWhichWould() {
        Run.Refusal refusal = model(
                        TinyLlama.CONFIG.replace("\"num_attention_heads\": 8", "\"num_attention_heads\": 7"))
                .refused(4);
        assertThat(refusal.cause()).contains("7", "64");
    }

    @Test
    void anUnknownModelTypeSaysWhichAreKnown() {
        Run.Refusal refusal =
                model("{\"model_type\": \"lama\", \"hidden_size\": 64}").refused(4);
        assertThat(refusal.cause() + refusal.remedy()).contains("'lama'").contains("llama");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "7",
                "null",
                "\"config\"",
                "{}",
                "{",
                "{\"model_type\"}",
                "{\"model_type\": }",
                "{\"model_type\": \"llama\"",
                "{\"model_type\": \"llama\", \"model_type\": \"gpt2\"}",
                "{\"model_type\": \"\\ud800\"}",
                "{'model_type': 'llama'}",
                "{\"model_type\": \"llama\", // a comment\n \"hidden_size\": 64}",
                "\u0000\u0000\u0000",
                "<html><body>404</body></html>"
            })
    void whatIsNoConfigIsRefused(String text) {
        model(text).refused(4);
    }

    @Test
    void aKeyThatAppearsTwiceIsRefusedByName() {
        String twice = TinyLlama.CONFIG.replace("\"vocab_size\": 512,", "\"vocab_size\": 512, \"vocab_size\": 513,");
        assertThat(model(twice).refused(4).cause()).contains("vocab_size");
    }

    @Test
    void controlCharactersOfAConfigAreEscaped() {
        String config = TinyLlama.CONFIG.replace("\"llama\"", "\"\\u001b[31m\\u0007\\n\"");
        assertThat(model(config).refused(4).cause()).contains("\\u001b[31m");
        String key = TinyLlama.CONFIG.replace("\"vocab_size\"", "\"\\u001b[31m\\n\": 1, \"vocab_size\"");
        Run run = Run.withInput(key, "model", "-", "-v").answered();
        assertThat(run.out() + run.err()).doesNotContain("\u001b");
    }

    @Test
    void aBillionOpenBracketsAreNotFollowed() {
        Run.with(endless("[", 64 << 20), "model", "-").refused(4);
        Run.with(endless("{\"a\":", 64 << 20), "model", "-").refused(4);
    }

    @Test
    void aConfigThatNeverEndsIsCutOff() {
        Run.with(endless(" ", Integer.MAX_VALUE), "model", "-").refused(4);
        Run.with(endless("{\"a\": \"" + "x".repeat(1000), Integer.MAX_VALUE), "model", "-")
                .refused(4);
        Run.with(endless("1", Integer.MAX_VALUE), "model", "-").refused(4);
    }

    @Test
    void anOversizedFileIsRefused() throws IOException {
        Path config = folder.resolve("config.json");
        byte[] spaces = new byte[17 << 20];
        Arrays.fill(spaces, (byte) ' ');
        Files.write(config, spaces);
        assertThat(Run.of("model", config.toString()).refused(4).cause()).contains("config.json", "16");
    }

    @Test
    @SuppressWarnings("InputStreamSlowMultibyteRead")
    void aStreamThatFailsIsSaid() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the line went\ndead");
            }

            @Override
            public int read(byte[] into, int offset, int count) throws IOException {
                return read();
            }
        };
        assertThat(Run.with(broken, "model", "-").refused(4).cause()).contains("the line went\\u000adead");
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        byte[] utf16 = TinyLlama.CONFIG.getBytes(StandardCharsets.UTF_16);
        assertThat(Run.with(new ByteArrayInputStream(utf16), "model", "-")
                        .refused(4)
                        .cause())
                .contains("UTF-8");
        Run.with(new ByteArrayInputStream(new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe}), "model", "-")
                .refused(4);
    }

    /// The text again and again.
    @SuppressWarnings("InputStreamSlowMultibyteRead")
    private static InputStream endless(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                return at < length ? bytes[at++ % bytes.length] : -1;
            }

            @Override
            public int read(byte[] into, int offset, int count) {
                int taken = Math.min(count, length - at);
                for (int i = 0; i < taken; i++) {
                    into[offset + i] = bytes[at++ % bytes.length];
                }
                return taken == 0 ? -1 : taken;
            }
        };
    }
}
