package dev.plimsoll.engine.tensor;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.util.Arrays;

/// The elements of a tensor as they lie in memory: f32 in between, another type at rest.
sealed interface Held {
    /// Zeros.
    ///
    /// @throws InputException for a data type in which the engine holds nothing
    static Held of(DataType dataType, int elements) {
        if (dataType.equals(DataType.F32)) {
            return new Floats(new float[elements]);
        }
        if (dataType.equals(DataType.BF16)) {
            return new BrainFloats(new short[elements]);
        }
        if (dataType.equals(DataType.F16)) {
            return new HalfFloats(new short[elements]);
        }
        if (dataType.equals(DataType.U8)) {
            return new Octets(new byte[elements]);
        }
        if (dataType.equals(DataType.I32)) {
            return new Integers(new int[elements]);
        }
        throw InputException.unsupported(
                "data type " + dataType.name() + ": the engine holds f32, bf16, f16, u8 and i32",
                "Choose one of these for what is executed.");
    }

    /// Widens elements to f32.
    void load(int from, float[] to, int toOffset, int count);

    /// Rounds elements from f32.
    void store(int from, float[] values, int offset, int count);

    void poison();

    @SuppressWarnings("ArrayRecordComponent") // the array is the tensor
    record Floats(float[] elements) implements Held {
        @Override
        public void load(int from, float[] to, int toOffset, int count) {
            System.arraycopy(elements, from, to, toOffset, count);
        }

        @Override
        public void store(int from, float[] values, int offset, int count) {
            System.arraycopy(values, offset, elements, from, count);
        }

        @Override
        public void poison() {
            Arrays.fill(elements, Float.NaN);
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    record BrainFloats(short[] elements) implements Held {
        @Override
        public void load(int from, float[] to, int toOffset, int count) {
            for (int i = 0; i < count; i++) {
                to[toOffset + i] = Rounding.fromBf16(elements[from + i]);
            }
        }

        @Override
        public void store(int from, float[] values, int offset, int count) {
            for (int i = 0; i < count; i++) {
                elements[from + i] = Rounding.toBf16(values[offset + i]);
            }
        }

        @Override
        public void poison() {
            Arrays.fill(elements, Rounding.toBf16(Float.NaN));
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    record HalfFloats(short[] elements) implements Held {
        @Override
        public void load(int from, float[] to, int toOffset, int count) {
            for (int i = 0; i < count; i++) {
                to[toOffset + i] = Rounding.fromF16(elements[from + i]);
            }
        }

        @Override
        public void store(int from, float[] values, int offset, int count) {
            for (int i = 0; i < count; i++) {
                elements[from + i] = Rounding.toF16(values[offset + i]);
            }
        }

        @Override
        public void poison() {
            Arrays.fill(elements, Rounding.toF16(Float.NaN));
        }
    }

    /// Whole numbers from 0 to 255, of which a mask uses two.
    @SuppressWarnings("ArrayRecordComponent")
    record Octets(byte[] elements) implements Held {
        @Override
        public void load(int from, float[] to, int toOffset, int count) {
            for (int i = 0; i < count; i++) {
                to[toOffset + i] = Byte.toUnsignedInt(elements[from + i]);
            }
        }

        @Override
        public void store(int from, float[] values, int offset, int count) {
            for (int i = 0; i < count; i++) {
                elements[from + i] = (byte) Math.round(values[offset + i]);
            }
        }

        @Override
        public void poison() {
            Arrays.fill(elements, (byte) 255);
        }
    }

    /// Token ids, positions, row numbers: not every one of them is an f32.
    @SuppressWarnings("ArrayRecordComponent")
    record Integers(int[] elements) implements Held {
        @Override
        public void load(int from, float[] to, int toOffset, int count) {
            throw new IllegalStateException("integers are read as integers");
        }

        @Override
        public void store(int from, float[] values, int offset, int count) {
            throw new IllegalStateException("integers are written as integers");
        }

        @Override
        public void poison() {
            Arrays.fill(elements, Integer.MIN_VALUE);
        }
    }
}
