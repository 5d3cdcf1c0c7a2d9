package dev.plimsoll.engine.device;

/// What a message carries.
public sealed interface Payload {
    int elements();

    /// Numbers as f32, each of them one that the tensor's data type has.
    @SuppressWarnings("ArrayRecordComponent") // handed over
    record Floats(float[] values) implements Payload {
        @Override
        public int elements() {
            return values.length;
        }
    }

    /// Whole numbers.
    @SuppressWarnings("ArrayRecordComponent") // handed over
    record Integers(int[] values) implements Payload {
        @Override
        public int elements() {
            return values.length;
        }
    }
}
