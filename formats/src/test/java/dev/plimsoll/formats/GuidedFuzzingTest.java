package dev.plimsoll.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.fixtures.FuzzTarget;
import dev.plimsoll.formats.fixtures.FuzzTargets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every parser under a fuzzer that keeps what reaches new code, each in a process of its own with 256 MiB of heap.
@Tag("slow")
class GuidedFuzzingTest {
    private static final String SECONDS = System.getProperty("plimsoll.fuzz.seconds", "60");
    private static final String SEED = System.getProperty("plimsoll.fuzz.seed", "1");
    private static final int LONGEST_SHOWN = 10_000;

    static List<FuzzTarget> targets() {
        return FuzzTargets.all();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void noInputThatReachesNewCodeBreaksAParser(FuzzTarget target, @TempDir Path folder) throws Exception {
        Path corpus = corpus(target, folder);
        Path log = folder.resolve("log");

        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + GuidedFuzzing.class.getName(),
                        "--target_args=" + target.name(),
                        "--instrumentation_includes=dev.plimsoll.**:tools.jackson.**",
                        "-seed=" + SEED,
                        "-timeout=5",
                        "-max_total_time=" + SECONDS,
                        corpus.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exitCode = fuzzer.waitFor();

        String text = Files.readString(log, StandardCharsets.ISO_8859_1);
        String end = text.substring(Math.max(0, text.length() - LONGEST_SHOWN));
        assertThat(end).contains("runs in");
        assertThat(exitCode).as(end).isZero();
        System.out.println("measured: " + target + ": "
                + text.lines().filter(line -> line.startsWith("Done ")).toList());
    }

    private static Path corpus(FuzzTarget target, Path folder) throws IOException {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        for (int input = 0; input < target.valid().size(); input++) {
            Files.write(corpus.resolve("valid-" + input), target.valid().get(input));
        }
        return corpus;
    }
}
