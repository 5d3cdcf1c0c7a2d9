package dev.plimsoll.engine.kernel;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.operator.ActivationFunction;

/// Arithmetic on ranges of arrays, each range an offset and a length; computed in f32.
///
/// A NaN among the operands comes out. Ranges must lie in their arrays, and the read and the written range must be the
/// same or apart. Products count their multiply-adds; the rest is not counted as work by any convention of the field.
public sealed interface Kernels permits ScalarKernels, VectorKernels {
    /// The vector kernels where the JVM was started with their module, else the scalar ones.
    static Kernels best() {
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return vectors ? new VectorKernels() : new ScalarKernels();
    }

    /// For people: `scalar`, or how wide the vectors are.
    String name();

    /// Rows of C that are computed together; a cut elsewhere wastes work.
    int tileRows();

    /// Columns of C that are computed together; a cut elsewhere wastes work.
    int tileColumns();

    /// `C = A B` or `C = C + A B`, on the calling thread.
    ///
    /// A target's element is summed over the inner axis in an order that depends on nothing but the length of that axis.
    ///
    /// For the use of [MatrixProduct], which checks the shapes and has the panels.
    ///
    /// @param left A `[m, k]`
    /// @param right B `[k, n]`
    /// @param target C `[m, n]`, apart from A and B
    /// @param panels the calling worker's
    void multiply(Matrix left, Matrix right, Matrix target, Update update, Panels panels, Work work);

    /// `sum x_i y_i`, `length` multiply-adds.
    float dot(float[] x, int xOffset, float[] y, int yOffset, int length, Work work);

    /// `y_i = y_i + factor · x_i`, `length` multiply-adds.
    void addScaled(float factor, float[] x, int xOffset, float[] y, int yOffset, int length, Work work);

    /// `sum x_i`.
    float sum(float[] x, int offset, int length);

    /// `sum x_i²`.
    float sumOfSquares(float[] x, int offset, int length);

    /// The greatest; minus infinity of none.
    float max(float[] x, int offset, int length);

    /// `y_i = exp(x_i - subtracted)`, and their sum; the numerator and the denominator of a softmax.
    float exponentials(float[] x, int xOffset, float subtracted, float[] y, int yOffset, int length);

    /// `x_i = factor · x_i`.
    void scale(float factor, float[] x, int offset, int length);

    /// `y_i = y_i + x_i`.
    void add(float[] x, int xOffset, float[] y, int yOffset, int length);

    /// `y_i = y_i · x_i`.
    void multiply(float[] x, int xOffset, float[] y, int yOffset, int length);

    /// `y_i = function(x_i)`, to 1e-6 of it, and below a ten-thousandth to 1e-10.
    ///
    /// @throws dev.plimsoll.model.failure.InputException for a function with trained scalars, which is not executed
    void activate(ActivationFunction function, float[] x, int xOffset, float[] y, int yOffset, int length);

    /// `y_i = function'(x_i)`, to 1e-6 of it or, where its terms cancel, of 1; at a kink the derivative from the left.
    ///
    /// @throws dev.plimsoll.model.failure.InputException for a function with trained scalars, which is not executed
    void derivative(ActivationFunction function, float[] x, int xOffset, float[] y, int yOffset, int length);
}
