package dev.plimsoll.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// OpenBLAS in a process of its own, since its threads go on spinning after a call: reads `m n k threads` and a newline,
/// answers the speed in GFLOP/s and the checksum of the result.
///
/// Arguments: the path of `libopenblas.so.0`. Its first line names the kernel that OpenBLAS chose.
@SuppressWarnings("restricted") // calling native code is what this one is for
public final class OpenBlasPeer {
    private static final int ROW_MAJOR = 101;
    private static final int NOT_TRANSPOSED = 111;

    private final MethodHandle multiply;
    private final MethodHandle setThreads;
    private final MethodHandle config;

    private OpenBlasPeer(Path library) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        ValueLayout.OfFloat real = ValueLayout.JAVA_FLOAT;
        ValueLayout array = ValueLayout.ADDRESS;
        this.multiply = linker.downcallHandle(
                symbols.findOrThrow("cblas_sgemm"),
                FunctionDescriptor.ofVoid(
                        number, number, number, number, number, number, real, array, number, array, number, real, array,
                        number),
                Linker.Option.critical(true));
        this.setThreads = linker.downcallHandle(
                symbols.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(number));
        this.config = linker.downcallHandle(symbols.findOrThrow("openblas_get_config"), FunctionDescriptor.of(array));
    }

    public static void main(String[] arguments) throws Throwable {
        OpenBlasPeer peer = new OpenBlasPeer(Path.of(arguments[0]));
        MemorySegment text = (MemorySegment) peer.config.invokeExact();
        System.out.println(text.reinterpret(Long.MAX_VALUE).getString(0));
        peer.answer(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private void answer(BufferedReader questions) throws IOException {
        ProductTimer timer = new ProductTimer(0, 0, 0);
        String last = "";
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] numbers = line.split(" ", -1);
            int m = Integer.parseInt(numbers[0]);
            int n = Integer.parseInt(numbers[1]);
            int k = Integer.parseInt(numbers[2]);
            int threads = Integer.parseInt(numbers[3]);
            String shape = m + " " + n + " " + k;
            if (!shape.equals(last)) {
                timer = new ProductTimer(m, n, k);
                last = shape;
            }
            use(threads);
            double speed =
                    timer.gigaflopsPerSecond((left, right, target) -> multiply(m, n, k, left, right, target), threads);
            System.out.println(speed + " " + timer.checksum());
        }
    }

    private void use(int threads) {
        try {
            setThreads.invokeExact(threads);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private void multiply(int m, int n, int k, float[] left, float[] right, float[] target) {
        try {
            multiply.invokeExact(
                    ROW_MAJOR,
                    NOT_TRANSPOSED,
                    NOT_TRANSPOSED,
                    m,
                    n,
                    k,
                    1f,
                    MemorySegment.ofArray(left),
                    k,
                    MemorySegment.ofArray(right),
                    n,
                    0f,
                    MemorySegment.ofArray(target),
                    n);
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }
}
