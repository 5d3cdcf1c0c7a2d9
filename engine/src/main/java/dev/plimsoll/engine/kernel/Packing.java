package dev.plimsoll.engine.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// Copies a block into panels: so many neighbouring columns, row after row, with zeros beyond the block's edge.
final class Packing {
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
        int[] wholePanel = places(width, block.columnStride());
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
                    int[] places = columns == width ? wholePanel : places(columns, panel.columnStride());
                    turn(panel, width, places, panels, at);
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

    /// Gathers each row of a panel from as many lines as it has columns: twice as fast as number by number.
    ///
    private static void turn(Matrix panel, int width, int[] places, float[] panels, int at) {
        float[] data = panel.data();
        int whole = SPECIES.loopBound(panel.columns());
        VectorMask<Float> rest = SPECIES.indexInRange(whole, panel.columns());
        for (int row = 0; row < panel.rows(); row++) {
            int from = panel.index(row, 0);
            int to = at + row * width;
            for (int column = 0; column < whole; column += LANES) {
                FloatVector.fromArray(SPECIES, data, from, places, column).intoArray(panels, to + column);
            }
            if (whole < panel.columns()) {
                FloatVector.fromArray(SPECIES, data, from, places, whole, rest).intoArray(panels, to + whole, rest);
            }
        }
    }

    /// Where so many columns lie, from the first on; zeros after the last, where nothing is read.
    private static int[] places(int columns, int stride) {
        int[] places = new int[Math.ceilDiv(columns, LANES) * LANES];
        for (int column = 0; column < columns; column++) {
            places[column] = column * stride;
        }
        return places;
    }
}
