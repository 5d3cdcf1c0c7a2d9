package dev.plimsoll.planner.cost;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.planner.result.Tally;

/// How a format holds a matrix: its packed values and what is kept beside them to unpack them.
public sealed interface MatrixScheme {
    /// Each row in whole blocks, and `bytesBeside` more for each tensor.
    record Rows(DataType dataType, int bytesBeside) implements MatrixScheme {}

    /// Packed values, and beside them what is kept for each group, for each input and for the whole.
    record Packed(MatrixPacking packing) implements MatrixScheme {}

    /// Four-bit values in 32-bit words; for each group of inputs and each output one f16 scale and one four-bit zero.
    ///
    /// @param group inputs that share a scale
    /// @param order whether the order of the inputs is kept too, as four bytes each (GPTQ's `g_idx`)
    record Groups(int group, Order order) implements MatrixScheme {}

    /// Whether a GPTQ file lists the group of each input.
    enum Order {
        NOT_KEPT,
        KEPT
    }

    /// Bytes of `copies` matrices of `outputs x inputs`, as leaves.
    default void count(String name, long copies, long outputs, long inputs, Tally tally) {
        switch (this) {
            case Rows(DataType dataType, int beside) -> {
                leaf(name, copies, outputs, tally);
                if (dataType.blockElements() == 1) {
                    tally.times("inputs", inputs);
                } else {
                    tally.times("blocks", Math.ceilDiv(inputs, dataType.blockElements()));
                }
                tally.times("bytes", dataType.blockBytes());
                if (beside > 0) {
                    tally.leaf(name + " scale").times("copies", copies).times("bytes", beside);
                }
            }
            case Packed(MatrixPacking packing) -> {
                tally.leaf(name).times("copies", copies).times("bytes", packing.valueBytes(outputs, inputs));
                tally.leaf(name + " scales").times("copies", copies);
                tally.times("bytes", packing.groupBytes(outputs, inputs));
                long second = packing.scaleBytes(outputs, inputs);
                if (second > 0) {
                    tally.leaf(name + " scales of scales")
                            .times("copies", copies)
                            .times("bytes", second);
                }
                if (packing.bytesPerInput() > 0) {
                    tally.leaf(name + " order").times("copies", copies);
                    tally.times("inputs", inputs).times("bytes", packing.bytesPerInput());
                }
                if (packing.bytesPerMatrix() > 0) {
                    tally.leaf(name + " for the whole").times("copies", copies);
                    tally.times("bytes", packing.bytesPerMatrix());
                }
            }
            case Groups(int group, Order order) -> {
                long groups = Math.ceilDiv(inputs, group);
                leaf(name, copies, outputs, tally);
                tally.times("words", Math.ceilDiv(inputs, 8)).times("bytes", Integer.BYTES);
                leaf(name + " scales", copies, outputs, tally);
                tally.times("groups", groups).times("bytes", Short.BYTES);
                tally.leaf(name + " zeros").times("copies", copies).times("groups", groups);
                tally.times("words", Math.ceilDiv(outputs, 8)).times("bytes", Integer.BYTES);
                if (order == Order.KEPT) {
                    tally.leaf(name + " order").times("copies", copies);
                    tally.times("inputs", inputs).times("bytes", Integer.BYTES);
                }
            }
        }
    }

    private static void leaf(String name, long copies, long outputs, Tally tally) {
        tally.leaf(name).times("copies", copies).times("outputs", outputs);
    }
}
