package dev.plimsoll.engine.kernel;

import jdk.incubator.vector.FloatVector;

/// The tile kernel for the vectors of this machine.
enum Tile {
    BITS_128(Tile128.ROWS, Tile128.COLUMNS),
    BITS_256(Tile256.ROWS, Tile256.COLUMNS),
    BITS_512(Tile512.ROWS, Tile512.COLUMNS);

    /// The widest that the machine has.
    static final Tile PREFERRED = ofBits(FloatVector.SPECIES_PREFERRED.vectorBitSize());

    private final int rows;
    private final int columns;

    Tile(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    static Tile ofBits(int bits) {
        if (bits >= 512) {
            return BITS_512;
        }
        return bits == 256 ? BITS_256 : BITS_128;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /// Multiplies a panel of A `[depth, rows]` and one of B `[depth, columns]` into a tile of C, whose columns are
    /// neighbours.
    ///
    /// @param bStride elements from one row of B's panel to the next
    void multiply(
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int bStride,
            int depth,
            float[] c,
            int cAt,
            int cStride,
            Update update) {
        switch (this) {
            case BITS_128 -> Tile128.multiply(a, aAt, b, bAt, bStride, depth, c, cAt, cStride, update);
            case BITS_256 -> Tile256.multiply(a, aAt, b, bAt, bStride, depth, c, cAt, cStride, update);
            case BITS_512 -> Tile512.multiply(a, aAt, b, bAt, bStride, depth, c, cAt, cStride, update);
        }
    }
}
