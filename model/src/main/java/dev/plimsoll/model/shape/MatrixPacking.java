package dev.plimsoll.model.shape;

import dev.plimsoll.model.units.Bytes;
import java.math.BigInteger;

/// How a quantised matrix is held: packed values, and what is stored beside them to undo the rounding.
///
/// @param bits of one value
/// @param group which values share a scale
/// @param groupBits stored for each group: its scale, and its zero point where there is one
/// @param bytesPerInput stored for each input, for example GPTQ's order of groups
/// @param bytesPerMatrix stored once, for example a scale of scales
public record MatrixPacking(int bits, Group group, int groupBits, int bytesPerInput, int bytesPerMatrix) {
    /// The values that share a scale.
    public sealed interface Group {
        /// All values of the matrix.
        record Matrix() implements Group {}

        /// All values that make one output.
        record Output() implements Group {}

        /// So many neighbours of one output, the last group shorter.
        record Neighbours(long size) implements Group {}

        /// Blocks of so many outputs by so many inputs, those at the edges smaller.
        record Block(long outputs, long inputs) implements Group {}

        /// So many neighbours of the matrix written row behind row, the last group shorter (bitsandbytes).
        record Run(long size) implements Group {}

        /// The same, with scales that are themselves scaled: so many of them share an f32.
        record RunOfScaled(long size, long scales) implements Group {}
    }

    /// Checks the bits.
    ///
    /// @throws IllegalArgumentException when there are none, or more than 32
    public MatrixPacking {
        if (bits < 1 || bits > 32) {
            throw new IllegalArgumentException("values of " + bits + " bits");
        }
    }

    /// Bytes of a matrix `[outputs, inputs]`: its values, what is stored for each group, for the groups' scales, for
    /// each input, and once.
    ///
    /// @throws ArithmeticException past 2^63 - 1 bytes
    public Bytes bytes(long outputs, long inputs) {
        return new Bytes(valueBytes(outputs, inputs))
                .plus(new Bytes(groupBytes(outputs, inputs)))
                .plus(new Bytes(scaleBytes(outputs, inputs)))
                .plus(new Bytes(bytesPerInput).times(inputs))
                .plus(new Bytes(bytesPerMatrix));
    }

    /// Bytes of the packed values, `ceil(o·i·bits / 8)`.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long valueBytes(long outputs, long inputs) {
        return wholeBytes(outputs, inputs, bits);
    }

    /// Bytes of the scales, and of zero points where there are any, `ceil(groups·groupBits / 8)`.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long groupBytes(long outputs, long inputs) {
        return switch (group) {
            case Group.Matrix() -> wholeBytes(1, 1, groupBits);
            case Group.Output() -> wholeBytes(outputs, 1, groupBits);
            case Group.Neighbours(long size) -> wholeBytes(outputs, Math.ceilDiv(inputs, size), groupBits);
            case Group.Block(long rows, long columns) ->
                wholeBytes(Math.ceilDiv(outputs, rows), Math.ceilDiv(inputs, columns), groupBits);
            case Group.Run(long size) -> wholeBytes(runs(outputs, inputs, size), 1, groupBits);
            case Group.RunOfScaled(long size, long scales) -> wholeBytes(runs(outputs, inputs, size), 1, groupBits);
        };
    }

    /// Bytes of the scales of scales: 4 for each so many groups.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long scaleBytes(long outputs, long inputs) {
        return switch (group) {
            case Group.RunOfScaled(long size, long scales) ->
                wholeBytes(Math.ceilDiv(runs(outputs, inputs, size), scales), 1, Float.SIZE);
            case Group.Matrix(), Group.Output(), Group.Neighbours _, Group.Block _, Group.Run _ -> 0;
        };
    }

    private static long runs(long outputs, long inputs, long size) {
        return Math.ceilDiv(Math.multiplyExact(outputs, inputs), size);
    }

    private static long wholeBytes(long rows, long columns, int bitsEach) {
        BigInteger count = BigInteger.valueOf(rows).multiply(BigInteger.valueOf(columns));
        return count.multiply(BigInteger.valueOf(bitsEach))
                .add(BigInteger.valueOf(Byte.SIZE - 1))
                .shiftRight(3)
                .longValueExact();
    }
}
