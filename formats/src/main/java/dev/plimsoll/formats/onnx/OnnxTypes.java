package dev.plimsoll.formats.onnx;

import dev.plimsoll.model.shape.DataType;
import java.util.Map;
import java.util.Optional;

/// The element types of ONNX tensors by their number in `TensorProto.DataType`.
final class OnnxTypes {
    /// Texts, which are no parameters and have no size of their own.
    static final int STRING = 8;

    static final DataType C128 = new DataType("c128", 1, 16);

    private static final Map<Integer, DataType> BY_NUMBER = Map.ofEntries(
            Map.entry(1, DataType.F32),
            Map.entry(2, DataType.U8),
            Map.entry(3, DataType.I8),
            Map.entry(4, DataType.U16),
            Map.entry(5, DataType.I16),
            Map.entry(6, DataType.I32),
            Map.entry(7, DataType.I64),
            Map.entry(9, DataType.BOOL),
            Map.entry(10, DataType.F16),
            Map.entry(11, DataType.F64),
            Map.entry(12, DataType.U32),
            Map.entry(13, DataType.U64),
            Map.entry(14, DataType.C64),
            Map.entry(15, C128),
            Map.entry(16, DataType.BF16),
            Map.entry(17, DataType.F8_E4M3),
            Map.entry(18, new DataType("f8_e4m3fnuz", 1, 1)),
            Map.entry(19, DataType.F8_E5M2),
            Map.entry(20, new DataType("f8_e5m2fnuz", 1, 1)),
            Map.entry(21, DataType.U4),
            Map.entry(22, DataType.I4),
            Map.entry(23, DataType.F4),
            Map.entry(24, DataType.F8_E8M0));

    private OnnxTypes() {}

    static Optional<DataType> byNumber(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /// How many numbers a tensor's list of numbers has: two for a complex element, one for two 4-bit elements.
    static long listedNumbers(DataType type, long elements) {
        if (type.equals(DataType.C64) || type.equals(C128)) {
            return Math.multiplyExact(2, elements);
        }
        return Math.ceilDiv(elements, type.blockElements());
    }
}
