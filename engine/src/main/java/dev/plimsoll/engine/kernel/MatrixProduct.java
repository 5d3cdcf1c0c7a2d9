package dev.plimsoll.engine.kernel;

import dev.plimsoll.engine.meter.Meter;
import java.util.ArrayList;
import java.util.List;

/// `C = A B` and `C = C + A B` over any views, on all workers or within a task on one of them.
///
/// The workers share the rows and columns of C, never the axis that is summed over, so the result is the same bit for
/// bit whatever their number.
public final class MatrixProduct {
    private final Kernels kernels;
    private final Workers workers;
    private final Meter meter;
    private final List<Panels> panels = new ArrayList<>();

    public MatrixProduct(Kernels kernels, Workers workers, Meter meter) {
        this.kernels = kernels;
        this.workers = workers;
        this.meter = meter;
        for (int worker = 0; worker < workers.count(); worker++) {
            panels.add(new Panels());
        }
    }

    /// On all workers.
    ///
    /// @param left A `[m, k]`
    /// @param right B `[k, n]`
    /// @param target C `[m, n]`, apart from A and B
    public void multiply(Matrix left, Matrix right, Matrix target, Update update) {
        checkShapes(left, right, target);
        workers.forEachRange(
                target.rows(),
                1,
                (worker, from, to) -> multiply(worker, left.rows(from, to), right, target.rows(from, to), update));
    }

    /// The same on the calling thread, for use within a task.
    ///
    /// @param worker the one whose task calls
    public void multiply(int worker, Matrix left, Matrix right, Matrix target, Update update) {
        kernels.multiply(left, right, target, update, panels.get(worker), meter.worker(worker));
    }

    /// Bytes of scratch held, over all workers.
    public long scratchBytes() {
        return panels.stream().mapToLong(Panels::bytes).sum();
    }

    static void checkShapes(Matrix left, Matrix right, Matrix target) {
        if (left.columns() != right.rows() || left.rows() != target.rows() || right.columns() != target.columns()) {
            throw new IllegalArgumentException("a product of %d x %d and %d x %d into %d x %d"
                    .formatted(
                            left.rows(),
                            left.columns(),
                            right.rows(),
                            right.columns(),
                            target.rows(),
                            target.columns()));
        }
    }
}
