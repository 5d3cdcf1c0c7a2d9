package dev.plimsoll.engine.kernel;

/// One worker's scratch for a product: parts of both matrices, packed in the order in which they are multiplied.
///
/// Grows to what the products need and is kept; a product never needs more than a few MiB, whatever its size.
public final class Panels {
    private float[] left = new float[0];
    private float[] right = new float[0];
    private final float[] tile = new float[LARGEST_TILE];

    /// Elements of the largest tile that a kernel multiplies at once.
    static final int LARGEST_TILE = 12 * 32;

    float[] left(int elements) {
        if (left.length < elements) {
            left = new float[elements];
        }
        return left;
    }

    float[] right(int elements) {
        if (right.length < elements) {
            right = new float[elements];
        }
        return right;
    }

    float[] tile() {
        return tile;
    }

    /// Bytes held.
    public long bytes() {
        return (long) Float.BYTES * (left.length + right.length + tile.length);
    }
}
