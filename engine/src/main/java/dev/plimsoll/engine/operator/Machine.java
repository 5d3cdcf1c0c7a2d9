package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.MatrixProduct;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Memory;

/// What executes: kernels, the threads that run them, the meter they count on, and memory.
///
/// @param products matrix products on these kernels, workers and meter
/// @param scratch arrays for the length of a step
public record Machine(
        Kernels kernels, Workers workers, Meter meter, Memory memory, MatrixProduct products, Scratch scratch) {
    public static Machine of(Kernels kernels, Workers workers, Meter meter, Memory memory) {
        return new Machine(
                kernels, workers, meter, memory, new MatrixProduct(kernels, workers, meter), new Scratch(memory));
    }

    /// Where the calling thread counts, which is worker 0.
    Work work() {
        return meter.worker(0);
    }
}
