package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.MatrixProduct;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;

/// One worker's products, counted twice: what the product multiplies, and how much of that is of pairs that are seen.
final class CountedProducts {
    private final MatrixProduct product;
    private final Meter products;
    private final Work work;
    private final int worker;
    private final long before;

    /// @param products where `product` counts
    /// @param work where this worker's counts go
    CountedProducts(MatrixProduct product, Meter products, Work work, int worker) {
        this.product = product;
        this.products = products;
        this.work = work;
        this.worker = worker;
        this.before = multiplied();
    }

    /// @param seen pairs of the tile that are seen
    /// @param width multiply-adds for each of them
    void multiply(Matrix left, Matrix right, Matrix target, Update update, long seen, int width) {
        product.multiply(worker, left, right, target, update);
        work.multiplyAdds(seen * width, 0);
    }

    /// Adds all that was multiplied to the executed count; once, at the end.
    void finish() {
        work.multiplyAdds(0, multiplied() - before);
    }

    Work work() {
        return work;
    }

    private long multiplied() {
        return products.worker(worker).counts().logicalMultiplyAdds();
    }
}
