package dev.plimsoll.engine.kernel;

import dev.plimsoll.engine.meter.Work;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// A product on one thread: blocks that fit the caches, packed in the order in which tiles multiply them.
///
/// Source: Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication": a panel of B stays in the
/// first cache while the panels of A pass it from the second. Every tile is multiplied in full, with zeros beyond the
/// edge of the matrix; so each element of C is the sum of the same roundings wherever the matrix is cut.
final class TiledProduct {
    /// The longest inner axis of one block. A panel of B then takes 64 KiB and streams from the second cache, fast
    /// enough; what a shorter one would cost is reading and writing C again for each block.
    static final int DEPTH = 512;
    /// Tiles of A in one block.
    private static final int LEFT_TILES = 32;
    /// Columns of B in one block.
    private static final int RIGHT_COLUMNS = 1024;
    /// Over so few tiles B is not read often enough to pay for its packing.
    private static final int TOO_LOW_TO_PACK = 2;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private final Tile tile;
    private final Panels panels;
    private final Work work;

    TiledProduct(Tile tile, Panels panels, Work work) {
        this.tile = tile;
        this.panels = panels;
        this.work = work;
    }

    void multiply(Matrix left, Matrix right, Matrix target, Update update) {
        int inner = left.columns();
        if (inner == 0) {
            clear(target, update);
        }
        for (int column = 0; column < target.columns(); column += RIGHT_COLUMNS) {
            int columnEnd = Math.min(column + RIGHT_COLUMNS, target.columns());
            // Blocks as even as they can be; where they end depends on the inner axis alone.
            int blocks = Math.ceilDiv(inner, DEPTH);
            int step = blocks == 0 ? 1 : Math.ceilDiv(inner, blocks);
            for (int depth = 0; depth < inner; depth += step) {
                int depthEnd = Math.min(depth + step, inner);
                rows(
                        left.columns(depth, depthEnd),
                        right.rows(depth, depthEnd).columns(column, columnEnd),
                        target.columns(column, columnEnd),
                        depth == 0 ? update : Update.ADD);
            }
        }
    }

    /// All rows of C, for one block of B.
    private void rows(Matrix left, Matrix right, Matrix target, Update update) {
        boolean inPlace = right.columnStride() == 1 && target.rows() <= TOO_LOW_TO_PACK * tile.rows();
        int wholeColumns = right.columns() / tile.columns() * tile.columns();
        Matrix packed = inPlace ? right.columns(wholeColumns, right.columns()) : right;
        float[] rightPanels = panels.right(Packing.elements(packed, tile.columns()));
        Packing.pack(packed, tile.columns(), rightPanels);
        int step = LEFT_TILES * tile.rows();
        for (int row = 0; row < target.rows(); row += step) {
            int rowEnd = Math.min(row + step, target.rows());
            Matrix transposed = left.rows(row, rowEnd).transposed();
            float[] leftPanels = panels.left(Packing.elements(transposed, tile.rows()));
            Packing.pack(transposed, tile.rows(), leftPanels);
            Matrix rows = target.rows(row, rowEnd);
            for (int column = 0; column < target.columns(); column += tile.columns()) {
                if (inPlace && column < wholeColumns) {
                    column(
                            leftPanels,
                            right.data(),
                            right.index(0, column),
                            right.rowStride(),
                            left.columns(),
                            rows,
                            column,
                            update);
                } else {
                    int at = (inPlace ? 0 : column) * left.columns();
                    column(leftPanels, rightPanels, at, tile.columns(), left.columns(), rows, column, update);
                }
            }
        }
    }

    /// All panels of A past one panel of B.
    private void column(
            float[] leftPanels,
            float[] right,
            int rightAt,
            int rightStride,
            int depth,
            Matrix target,
            int column,
            Update update) {
        int columns = Math.min(tile.columns(), target.columns() - column);
        for (int row = 0; row < target.rows(); row += tile.rows()) {
            int rows = Math.min(tile.rows(), target.rows() - row);
            int leftAt = row * depth;
            int to = target.index(row, column);
            if (rows == tile.rows() && columns == tile.columns() && target.columnStride() == 1) {
                tile.multiply(
                        leftPanels,
                        leftAt,
                        right,
                        rightAt,
                        rightStride,
                        depth,
                        target.data(),
                        to,
                        target.rowStride(),
                        update);
            } else {
                tile.multiply(
                        leftPanels,
                        leftAt,
                        right,
                        rightAt,
                        rightStride,
                        depth,
                        panels.tile(),
                        0,
                        tile.columns(),
                        Update.ASSIGN);
                for (int part = 0; part < rows; part++) {
                    put(part * tile.columns(), columns, target, to + part * target.rowStride(), update);
                }
            }
            work.multiplyAdds((long) rows * columns * depth, (long) tile.rows() * tile.columns() * depth);
        }
    }

    /// One row of a tile that lies aside, as far as it lies within the matrix.
    private void put(int from, int columns, Matrix target, int to, Update update) {
        float[] aside = panels.tile();
        float[] data = target.data();
        int step = target.columnStride();
        switch (update) {
            case ASSIGN -> {
                for (int column = 0; column < columns; column++) {
                    data[to + column * step] = aside[from + column];
                }
            }
            case ADD -> {
                int column = 0;
                for (; step == 1 && column <= columns - LANES; column += LANES) {
                    FloatVector sum = FloatVector.fromArray(SPECIES, aside, from + column);
                    FloatVector.fromArray(SPECIES, data, to + column).add(sum).intoArray(data, to + column);
                }
                for (; column < columns; column++) {
                    data[to + column * step] += aside[from + column];
                }
            }
        }
    }

    /// What a sum over nothing leaves.
    private static void clear(Matrix target, Update update) {
        switch (update) {
            case ADD -> {}
            case ASSIGN -> {
                for (int row = 0; row < target.rows(); row++) {
                    for (int column = 0; column < target.columns(); column++) {
                        target.data()[target.index(row, column)] = 0;
                    }
                }
            }
        }
    }
}
