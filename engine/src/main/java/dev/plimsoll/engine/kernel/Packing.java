package dev.plimsoll.engine.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies a block into panels: so many neighbouring columns, row after row, with zeros beyond the block's edge.
final class Packing {
    /// Rows that are turned together: what is read of each column is one line of the cache.
    private static final int TURNED_ROWS = 16;

    /// Rows that are copied together: all panels' parts of a few rows are read as they lie in memory.
    private static final int COPIED_ROWS = 8;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /// For what is left of a row: panels of A are as wide as some of these.
    private static final VectorSpecies<Float> SHORT = FloatVector.SPECIES_128;

    private Packing() {}

    /// Elements that the panels take.
    static int elements(Matrix block, int width) {
        return Math.ceilDiv(block.columns(), width) * width * block.rows();
    }

    /// @param block `[depth, columns]`
    /// @param width columns of a panel
    /// @param panels `[ceil(columns / width), depth, width]`, overwritten
    static void pack(Matrix block, int width, float[] panels) {
        int step = block.columnStride() == 1 ? COPIED_ROWS : Math.max(1, block.rows());
        for (int row = 0; row < block.rows(); row += step) {
            Matrix rows = block.rows(row, Math.min(row + step, block.rows()));
            for (int column = 0; column < block.columns(); column += width) {
                int columns = Math.min(width, block.columns() - column);
                int at = column * block.rows() + row * width;
                if (columns < width) {
                    Arrays.fill(panels, at, at + rows.rows() * width, 0);
                }
                Matrix panel = rows.columns(column, column + columns);
                if (panel.columnStride() == 1) {
                    copyRows(panel, width, panels, at);
                } else {
                    turn(panel, width, panels, at);
                }
            }
        }
    }

    private static void copyRows(Matrix panel, int width, float[] panels, int at) {
        float[] data = panel.data();
        int from = panel.offset();
        int columns = panel.columns();
        int end = at + panel.rows() * width;
        for (int to = at; to < end; to += width) {
            int column = 0;
            for (; column <= columns - LANES; column += LANES) {
                FloatVector.fromArray(SPECIES, data, from + column).intoArray(panels, to + column);
            }
            for (; column <= columns - SHORT.length(); column += SHORT.length()) {
                FloatVector.fromArray(SHORT, data, from + column).intoArray(panels, to + column);
            }
            for (; column < columns; column++) {
                panels[to + column] = data[from + column];
            }
            from += panel.rowStride();
        }
    }

    private static void turn(Matrix panel, int width, float[] panels, int at) {
        float[] data = panel.data();
        int rowStride = panel.rowStride();
        for (int row = 0; row < panel.rows(); row += TURNED_ROWS) {
            int rows = Math.min(TURNED_ROWS, panel.rows() - row);
            for (int column = 0; column < panel.columns(); column++) {
                int from = panel.index(row, column);
                int to = at + row * width + column;
                for (int i = 0; i < rows; i++) {
                    panels[to + i * width] = data[from + i * rowStride];
                }
            }
        }
    }
}
