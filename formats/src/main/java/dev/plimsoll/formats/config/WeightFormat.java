package dev.plimsoll.formats.config;

import dev.plimsoll.model.units.Bytes;
import java.math.BigInteger;

/// How a quantised matrix lies in a file: packed values, and what is stored beside them to undo the rounding.
///
/// @param bits of one value
/// @param group which values share a scale
/// @param groupBits stored for each group: its scale, and its zero point where there is one
/// @param bytesPerInput stored for each input, for example GPTQ's order of groups
/// @param bytesPerMatrix stored once, for example a scale of scales
public record WeightFormat(int bits, Group group, int groupBits, int bytesPerInput, int bytesPerMatrix) {
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
    }

    /// Checks the bits.
    ///
    /// @throws IllegalArgumentException when there are none, or more than 32
    public WeightFormat {
        if (bits < 1 || bits > 32) {
            throw new IllegalArgumentException("values of " + bits + " bits");
        }
    }

    /// Bytes of a matrix `[outputs, inputs]`: `ceil(o·i·bits / 8) + ceil(groups·groupBits / 8)` and what is stored for
    /// each input and once.
    ///
    /// @throws ArithmeticException past 2^63 - 1 bytes
    public Bytes bytes(long outputs, long inputs) {
        BigInteger values = BigInteger.valueOf(outputs).multiply(BigInteger.valueOf(inputs));
        return new Bytes(wholeBytes(values, bits)
                .add(wholeBytes(groups(outputs, inputs), groupBits))
                .add(BigInteger.valueOf(inputs).multiply(BigInteger.valueOf(bytesPerInput)))
                .add(BigInteger.valueOf(bytesPerMatrix))
                .longValueExact());
    }

    private BigInteger groups(long outputs, long inputs) {
        return switch (group) {
            case Group.Matrix() -> BigInteger.ONE;
            case Group.Output() -> BigInteger.valueOf(outputs);
            case Group.Neighbours(long size) ->
                BigInteger.valueOf(outputs).multiply(BigInteger.valueOf(Math.ceilDiv(inputs, size)));
            case Group.Block(long rows, long columns) ->
                BigInteger.valueOf(Math.ceilDiv(outputs, rows))
                        .multiply(BigInteger.valueOf(Math.ceilDiv(inputs, columns)));
        };
    }

    private static BigInteger wholeBytes(BigInteger count, int bitsEach) {
        return count.multiply(BigInteger.valueOf(bitsEach))
                .add(BigInteger.valueOf(Byte.SIZE - 1))
                .shiftRight(3);
    }
}
