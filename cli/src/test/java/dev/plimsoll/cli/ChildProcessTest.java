package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.fixtures.GgufWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The worst inputs in a process of their own, with 256 MiB: what a shell sees.
class ChildProcessTest {
    private static final int SECONDS = 30; // A slow machine; usual is one second.

    @TempDir
    private Path folder;

    @Test
    void anAnswerIsOnStandardOutputAndTheExitCodeIsZero() throws Exception {
        Run run = plimsoll(Input.none(), "kv", "llama-2-70b", "--tokens", "4096", "-o", "json");
        assertThat(run.answered().tree().at("/keyValueCache/bytes").asLong()).isEqualTo(1_342_177_280L);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aConfigComesByPipe() throws Exception {
        Run run = plimsoll(Input.text(TinyLlama.CONFIG), "model", "-", "-o", "json");
        assertThat(run.answered().tree().at("/parameters/total").asLong()).isEqualTo(TinyLlama.PARAMETERS);
    }

    @Test
    void openBracketsWithoutEndAreRefused() throws Exception {
        plimsoll(Input.repeated("[", 64 << 20), "model", "-").refused(4);
    }

    @Test
    void oneStringOfSixtyFourMebibytesIsRefused() throws Exception {
        plimsoll(Input.repeated("{\"a\": \"" + "x".repeat(1 << 20), 64), "model", "-")
                .refused(4);
    }

    @Test
    void aPipeThatNobodyWritesToIsNoCheckpoint() throws Exception {
        Path pipe = folder.resolve("model.gguf");
        Pipes.make(pipe);
        plimsoll(Input.none(), "model", pipe.toString()).refused(4);
    }

    @Test
    void aGgufOfABillionClaimedTensorsIsRefused() throws Exception {
        Path file = folder.resolve("model.gguf");
        Files.write(
                file,
                new GgufWriter()
                        .text("general.architecture", "llama")
                        .counts(1_000_000_000, 1)
                        .bytes());
        plimsoll(Input.none(), "model", file.toString()).refused(4);
    }

    @Test
    void aFailedGateHasItsOwnExitCode() throws Exception {
        Run run = plimsoll(Input.none(), "model", "gpt2", "--fail-on", ".parameters.total > 100M");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("gate: ").hasLineCount(1);
    }

    @Test
    void theHubOutOfReachIsTheSurroundingsFaultAndTheTokenIsNotSaid() throws Exception {
        Map<String, String> surroundings = Map.of(
                "HF_ENDPOINT", "http://127.0.0.1:9", // nobody listens there
                "HF_TOKEN", "hf_secret",
                "XDG_CACHE_HOME", folder.toString());
        for (String[] arguments : new String[][] {
            {"model", "hf:nobody/nothing", "-o", "json"}, {"model", "hf:nobody/nothing", "-o", "json", "--offline"}
        }) {
            Run run = plimsoll(Input.none(), surroundings, arguments);
            assertThat(run.refused(5).cause()).contains("hf:nobody/nothing");
            assertThat(run.tree().at("/error/exitCode").asInt()).isEqualTo(5);
            assertThat(run.out() + run.err()).doesNotContain("hf_secret");
        }
    }

    @Test
    void aReaderThatGoesAwayIsNoFault() throws Exception {
        Process process = start(Map.of(), "models", "-o", "json");
        process.getOutputStream().close();
        process.getInputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(err).doesNotContain("Exception", "fault of Plimsoll's own");
    }

    /// A space of hundreds of millions of layouts, interrupted as soon as something fits.
    @Test
    void anInterruptedSearchGivesTheBestSoFar() throws Exception {
        Process process = start(
                Map.of(),
                "train",
                "deepseek-v3",
                "--gpu",
                "h100:2048,h800:2048,b200:1024",
                "--global-batch-size",
                "15360",
                "--seq-length",
                "4096",
                "--search",
                "--threads",
                "1");
        process.getOutputStream().close();
        try (BufferedReader progress = process.errorReader(StandardCharsets.UTF_8)) {
            String line = progress.readLine();
            while (line != null && !line.contains("the fastest step")) {
                line = progress.readLine();
            }
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(text(process.getInputStream()))
                    .contains("before it was interrupted")
                    .contains("RESULT  FITS");
        }
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
    }

    /// What is written to the process.
    private record Input(String text, int times) {
        static Input none() {
            return new Input("", 0);
        }

        static Input text(String text) {
            return new Input(text, 1);
        }

        static Input repeated(String text, int times) {
            return new Input(text, times);
        }

        /// Until the process has had enough and closes its end.
        void writeTo(OutputStream out) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            byte[] chunk = times > 1 && bytes.length < 1 << 16 ? repeat(bytes) : bytes;
            long left = (long) bytes.length * times;
            try (out) {
                while (left > 0) {
                    int length = (int) Math.min(left, chunk.length);
                    out.write(chunk, 0, length);
                    left -= length;
                }
            } catch (IOException closed) {
                // The process refused before it had read all, as it should.
            }
        }

        private static byte[] repeat(byte[] bytes) {
            byte[] many = new byte[1 << 16];
            for (int i = 0; i < many.length; i++) {
                many[i] = bytes[i % bytes.length];
            }
            return many;
        }
    }

    private static Run plimsoll(Input input, String... arguments) throws Exception {
        return plimsoll(input, Map.of(), arguments);
    }

    private static Run plimsoll(Input input, Map<String, String> surroundings, String... arguments) throws Exception {
        Process process = start(surroundings, arguments);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> input.writeTo(process.getOutputStream()));
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        assertThat(ended)
                .as("%s ends within %s s", Arrays.toString(arguments), SECONDS)
                .isTrue();
        writing.join();
        return new Run(process.exitValue(), out.join(), err.join());
    }

    private static Process start(Map<String, String> surroundings, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.plimsoll.cli.Main"));
        Stream.of(arguments).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(surroundings);
        return builder.start();
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
