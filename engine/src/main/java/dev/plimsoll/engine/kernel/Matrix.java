package dev.plimsoll.engine.kernel;

/// A view of a matrix in an array: element `(r, c)` is `data[offset + r * rowStride + c * columnStride]`.
///
/// Any part of an array with regular steps: a transposed matrix, one head of many, a block of rows. Nothing is copied.
///
/// @param data shared, not copied
/// @param rowStride elements from one row to the next
/// @param columnStride elements from one column to the next
@SuppressWarnings("ArrayRecordComponent") // a view, whose identity is that of its array
public record Matrix(float[] data, int offset, int rows, int columns, int rowStride, int columnStride) {
    public Matrix {
        if (rows < 0 || columns < 0 || rowStride < 0 || columnStride < 0 || offset < 0) {
            throw new IllegalArgumentException("a matrix of %d x %d at %d with steps of %d and %d"
                    .formatted(rows, columns, offset, rowStride, columnStride));
        }
        long end = rows == 0 || columns == 0
                ? offset
                : offset + (rows - 1L) * rowStride + (columns - 1L) * columnStride + 1;
        if (end > data.length) {
            throw new IndexOutOfBoundsException("a matrix of %d x %d at %d with steps of %d and %d ends at %d of %d"
                    .formatted(rows, columns, offset, rowStride, columnStride, end, data.length));
        }
    }

    /// A whole array, row after row.
    public static Matrix of(float[] data, int rows, int columns) {
        return of(data, 0, rows, columns);
    }

    /// Row after row, from an offset on.
    public static Matrix of(float[] data, int offset, int rows, int columns) {
        return new Matrix(data, offset, rows, columns, columns, 1);
    }

    public Matrix transposed() {
        return new Matrix(data, offset, columns, rows, columnStride, rowStride);
    }

    /// @param to exclusive
    public Matrix rows(int from, int to) {
        check(from, to, rows);
        return new Matrix(
                data, from == to ? offset : offset + from * rowStride, to - from, columns, rowStride, columnStride);
    }

    /// @param to exclusive
    public Matrix columns(int from, int to) {
        check(from, to, columns);
        return new Matrix(
                data, from == to ? offset : offset + from * columnStride, rows, to - from, rowStride, columnStride);
    }

    /// Where an element lies in the array.
    public int index(int row, int column) {
        return offset + row * rowStride + column * columnStride;
    }

    private static void check(int from, int to, int size) {
        if (from < 0 || to < from || to > size) {
            throw new IndexOutOfBoundsException("from %d to %d of %d".formatted(from, to, size));
        }
    }
}
