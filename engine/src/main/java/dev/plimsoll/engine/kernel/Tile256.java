package dev.plimsoll.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// A tile of 6 x 16, in vectors of 256 bits. Written by `write-tiles.sh`.
final class Tile256 {
    static final int ROWS = 6;
    static final int COLUMNS = 16;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    private static final int LANES = 8;

    private Tile256() {}

    /// Multiplies a panel of A `[depth, 6]` and one of B `[depth, 16]` into a tile of C, whose columns are
    /// neighbours.
    ///
    /// @param bStride elements from one row of B's panel to the next
    static void multiply(
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
        FloatVector c0_0 = FloatVector.zero(SPECIES);
        FloatVector c0_1 = FloatVector.zero(SPECIES);
        FloatVector c1_0 = FloatVector.zero(SPECIES);
        FloatVector c1_1 = FloatVector.zero(SPECIES);
        FloatVector c2_0 = FloatVector.zero(SPECIES);
        FloatVector c2_1 = FloatVector.zero(SPECIES);
        FloatVector c3_0 = FloatVector.zero(SPECIES);
        FloatVector c3_1 = FloatVector.zero(SPECIES);
        FloatVector c4_0 = FloatVector.zero(SPECIES);
        FloatVector c4_1 = FloatVector.zero(SPECIES);
        FloatVector c5_0 = FloatVector.zero(SPECIES);
        FloatVector c5_1 = FloatVector.zero(SPECIES);
        for (int k = 0; k < depth; k++) {
            int at = aAt + k * ROWS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + k * bStride);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + k * bStride + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[at + 0]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
        }
        switch (update) {
            case ASSIGN -> {
                c0_0.intoArray(c, cAt + 0 * cStride + 0 * LANES);
                c0_1.intoArray(c, cAt + 0 * cStride + 1 * LANES);
                c1_0.intoArray(c, cAt + 1 * cStride + 0 * LANES);
                c1_1.intoArray(c, cAt + 1 * cStride + 1 * LANES);
                c2_0.intoArray(c, cAt + 2 * cStride + 0 * LANES);
                c2_1.intoArray(c, cAt + 2 * cStride + 1 * LANES);
                c3_0.intoArray(c, cAt + 3 * cStride + 0 * LANES);
                c3_1.intoArray(c, cAt + 3 * cStride + 1 * LANES);
                c4_0.intoArray(c, cAt + 4 * cStride + 0 * LANES);
                c4_1.intoArray(c, cAt + 4 * cStride + 1 * LANES);
                c5_0.intoArray(c, cAt + 5 * cStride + 0 * LANES);
                c5_1.intoArray(c, cAt + 5 * cStride + 1 * LANES);
            }
            case ADD -> {
                add(c0_0, c, cAt + 0 * cStride + 0 * LANES);
                add(c0_1, c, cAt + 0 * cStride + 1 * LANES);
                add(c1_0, c, cAt + 1 * cStride + 0 * LANES);
                add(c1_1, c, cAt + 1 * cStride + 1 * LANES);
                add(c2_0, c, cAt + 2 * cStride + 0 * LANES);
                add(c2_1, c, cAt + 2 * cStride + 1 * LANES);
                add(c3_0, c, cAt + 3 * cStride + 0 * LANES);
                add(c3_1, c, cAt + 3 * cStride + 1 * LANES);
                add(c4_0, c, cAt + 4 * cStride + 0 * LANES);
                add(c4_1, c, cAt + 4 * cStride + 1 * LANES);
                add(c5_0, c, cAt + 5 * cStride + 0 * LANES);
                add(c5_1, c, cAt + 5 * cStride + 1 * LANES);
            }
        }
    }

    private static void add(FloatVector sum, float[] c, int at) {
        FloatVector.fromArray(SPECIES, c, at).add(sum).intoArray(c, at);
    }
}
