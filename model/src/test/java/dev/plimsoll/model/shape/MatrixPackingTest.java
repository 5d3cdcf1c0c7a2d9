package dev.plimsoll.model.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.shape.MatrixPacking.Group;
import dev.plimsoll.model.units.Bytes;
import org.junit.jupiter.api.Test;

/// Bytes of a matrix of 10 outputs and 100 inputs, 1,000 values.
class MatrixPackingTest {
    @Test
    void aGroupKeepsOneScaleHoweverItLies() {
        assertThat(bytes(new Group.Matrix())).isEqualTo(500 + 2);
        assertThat(bytes(new Group.Output())).isEqualTo(500 + 10 * 2);
        assertThat(bytes(new Group.Neighbours(32))).isEqualTo(500 + 10 * 4 * 2); // 32 + 32 + 32 + 4 inputs
        assertThat(bytes(new Group.Block(4, 64))).isEqualTo(500 + 3 * 2 * 2); // 4 + 4 + 2 outputs, 64 + 36 inputs
    }

    @Test
    void runsCrossRowsAndTheirScalesMayBeScaledInTurn() {
        assertThat(bytes(new Group.Run(64))).isEqualTo(500 + 16 * 2); // 15 x 64 + 40
        assertThat(bytes(new Group.RunOfScaled(64, 5))).isEqualTo(500 + 16 * 2 + 4 * 4); // 5 + 5 + 5 + 1 scales
    }

    private static long bytes(Group group) {
        return new MatrixPacking(4, group, 16, 0, 0).bytes(10, 100).count();
    }

    @Test
    void whatIsKeptForEachInputAndOnceIsAdded() {
        MatrixPacking packing = new MatrixPacking(8, new Group.Output(), 32, 4, 7);
        assertThat(packing.bytes(10, 100)).isEqualTo(new Bytes(1000 + 10 * 4 + 100 * 4 + 7));
    }

    @Test
    void bitsFillBytesAcrossRowsAndTheLastByteIsWhole() {
        MatrixPacking packing = new MatrixPacking(3, new Group.Output(), 3, 0, 0);
        assertThat(packing.valueBytes(10, 100)).isEqualTo(375); // 3,000 bits
        assertThat(packing.valueBytes(1, 3)).isEqualTo(2); // 9 bits
        assertThat(packing.groupBytes(10, 100)).isEqualTo(4); // 30 bits
    }

    @Test
    void sizesPastTwoToTheSixtyThreeBitsAreExactAndPastAsManyBytesAreRefused() {
        MatrixPacking packing = new MatrixPacking(8, new Group.Matrix(), 0, 0, 0);
        assertThat(packing.bytes(1L << 31, 1L << 31)).isEqualTo(new Bytes(1L << 62));
        assertThatThrownBy(() -> packing.bytes(1L << 32, 1L << 31)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void valuesHaveOneToThirtyTwoBits() {
        assertThatThrownBy(() -> new MatrixPacking(0, new Group.Matrix(), 16, 0, 0))
                .hasMessage("values of 0 bits");
        assertThatThrownBy(() -> new MatrixPacking(33, new Group.Matrix(), 16, 0, 0))
                .hasMessage("values of 33 bits");
    }
}
