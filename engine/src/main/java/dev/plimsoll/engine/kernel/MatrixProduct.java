package dev.plimsoll.engine.kernel;

import dev.plimsoll.engine.meter.Meter;
import java.util.ArrayList;
import java.util.List;

/// `C = A B` and `C = C + A B` over any views, on all workers or within a task on one of them.
///
/// The workers share the rows and columns of C, cut between tiles, never the axis that is summed over; so the result is
/// the same bit for bit, and the work too, whatever their number.
public final class MatrixProduct {
    /// Multiply-adds below which the others are not woken: some tens of microseconds on one thread.
    private static final long ONE_THREAD_IS_ENOUGH = 1 << 20;
    /// What packing an element costs, in multiply-adds.
    private static final long PACKING = 40;

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
        if (isTurned(target)) {
            multiply(right.transposed(), left.transposed(), target.transposed(), update);
        } else if (workers.count() == 1
                || (long) target.rows() * target.columns() * left.columns() < ONE_THREAD_IS_ENOUGH) {
            multiply(0, left, right, target, update);
        } else {
            share(left, right, target, update);
        }
    }

    /// The same on the calling thread, for use within a task.
    ///
    /// @param worker the one whose task calls
    public void multiply(int worker, Matrix left, Matrix right, Matrix target, Update update) {
        checkShapes(left, right, target);
        if (isTurned(target)) {
            multiply(worker, right.transposed(), left.transposed(), target.transposed(), update);
        } else {
            kernels.multiply(left, right, target, update, panels.get(worker), meter.worker(worker));
        }
    }

    /// Bytes of scratch held, over all workers.
    public long scratchBytes() {
        return panels.stream().mapToLong(Panels::bytes).sum();
    }

    private void share(Matrix left, Matrix right, Matrix target, Update update) {
        int down = partsOfRows(target);
        int across = workers.count() / down;
        workers.run(worker -> {
            int row = worker / across;
            int column = worker % across;
            int top = Workers.boundary(row, down, target.rows(), kernels.tileRows());
            int bottom = Workers.boundary(row + 1, down, target.rows(), kernels.tileRows());
            int start = Workers.boundary(column, across, target.columns(), kernels.tileColumns());
            int end = Workers.boundary(column + 1, across, target.columns(), kernels.tileColumns());
            if (top < bottom && start < end) {
                multiply(
                        worker,
                        left.rows(top, bottom),
                        right.columns(start, end),
                        target.rows(top, bottom).columns(start, end),
                        update);
            }
        });
    }

    /// The cut down the rows, in a number of parts that divides the workers, that leaves the largest part least to do.
    private int partsOfRows(Matrix target) {
        long tilesDown = Math.ceilDiv(target.rows(), kernels.tileRows());
        long tilesAcross = Math.ceilDiv(target.columns(), kernels.tileColumns());
        int best = 1;
        long least = Long.MAX_VALUE;
        for (int down = 1; down <= workers.count(); down++) {
            if (workers.count() % down == 0) {
                long rows = Math.ceilDiv(tilesDown, down) * kernels.tileRows();
                long columns = Math.ceilDiv(tilesAcross, workers.count() / down) * kernels.tileColumns();
                long cost = rows * columns + PACKING * (rows + columns);
                if (cost < least) {
                    least = cost;
                    best = down;
                }
            }
        }
        return best;
    }

    /// Whether the target's columns are written more easily as rows.
    private static boolean isTurned(Matrix target) {
        return target.columnStride() > target.rowStride();
    }

    private static void checkShapes(Matrix left, Matrix right, Matrix target) {
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
