package dev.plimsoll.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.meter.Meter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScalarFallbackTest {
    /// What the JVM of the test below runs: a product by the best kernels there are.
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            float[] target = new float[4];
            try (Workers workers = new Workers(2)) {
                new MatrixProduct(Kernels.best(), workers, Meter.off())
                        .multiply(
                                Matrix.of(new float[] {1, 2, 3, 4}, 2, 2),
                                Matrix.of(new float[] {5, 6, 7, 8}, 2, 2),
                                Matrix.of(target, 2, 2),
                                Update.ASSIGN);
            }
            System.out.println(Kernels.best().name() + " " + Arrays.toString(target));
        }
    }

    /// 1·5 + 2·7 = 19, 1·6 + 2·8 = 22, 3·5 + 4·7 = 43, 3·6 + 4·8 = 50.
    @Test
    void withoutTheModuleOfVectorsTheScalarKernelsRun() throws IOException {
        assertThat(output()).isEqualTo("scalar [19.0, 22.0, 43.0, 50.0]");
        assertThat(output("--add-modules", "jdk.incubator.vector"))
                .contains("vectors of")
                .contains("[19.0, 22.0, 43.0, 50.0]");
    }

    private static String output(String... options) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(java);
        builder.command().addAll(Arrays.asList(options));
        builder.command().addAll(Arrays.asList("-cp", System.getProperty("java.class.path"), Program.class.getName()));
        Process process = builder.redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
