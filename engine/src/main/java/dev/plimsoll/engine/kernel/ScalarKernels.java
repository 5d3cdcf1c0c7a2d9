package dev.plimsoll.engine.kernel;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.operator.ActivationFunction;

/// The specification: one element after the other, sums in f64, each multiply-add counted where it is done.
public final class ScalarKernels implements Kernels {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int tileRows() {
        return 1;
    }

    @Override
    public int tileColumns() {
        return 1;
    }

    @Override
    public void multiply(Matrix left, Matrix right, Matrix target, Update update, Panels panels, Work work) {
        for (int row = 0; row < target.rows(); row++) {
            for (int column = 0; column < target.columns(); column++) {
                double sum = 0;
                for (int inner = 0; inner < left.columns(); inner++) {
                    sum += (double) left.data()[left.index(row, inner)] * right.data()[right.index(inner, column)];
                    work.multiplyAdd();
                }
                int index = target.index(row, column);
                target.data()[index] = switch (update) {
                    case ASSIGN -> (float) sum;
                    case ADD -> target.data()[index] + (float) sum;
                };
            }
        }
    }

    @Override
    public float dot(float[] x, int xOffset, float[] y, int yOffset, int length, Work work) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) x[xOffset + i] * y[yOffset + i];
            work.multiplyAdd();
        }
        return (float) sum;
    }

    @Override
    public void addScaled(float factor, float[] x, int xOffset, float[] y, int yOffset, int length, Work work) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = Math.fma(factor, x[xOffset + i], y[yOffset + i]);
            work.multiplyAdd();
        }
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += x[offset + i];
        }
        return (float) sum;
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) x[offset + i] * x[offset + i];
        }
        return (float) sum;
    }

    @Override
    public float max(float[] x, int offset, int length) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            max = Math.max(max, x[offset + i]);
        }
        return max;
    }

    @Override
    public float exponentials(float[] x, int xOffset, float subtracted, float[] y, int yOffset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (float) Math.exp(x[xOffset + i] - subtracted);
            sum += y[yOffset + i];
        }
        return (float) sum;
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        for (int i = 0; i < length; i++) {
            x[offset + i] *= factor;
        }
    }

    @Override
    public void add(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] += x[xOffset + i];
        }
    }

    @Override
    public void multiply(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] *= x[xOffset + i];
        }
    }

    @Override
    public void activate(ActivationFunction function, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (float) ScalarActivations.value(function, x[xOffset + i]);
        }
    }

    @Override
    public void derivative(ActivationFunction function, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (float) ScalarActivations.derivative(function, x[xOffset + i]);
        }
    }
}
