package dev.plimsoll.model.shape;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The tensor types of GGML files by their number.
///
/// Source: the size assertions of ggml's `ggml-common.h` and the table of `ggml.c` (August 2026), which end at 42.
/// Types 4, 5, 31 to 33 and 36 to 38 were removed from the format.
public final class GgmlTypes {
    private static final Map<Integer, DataType> BY_NUMBER = new TreeMap<>();

    public static final DataType Q4_0 = add(2, "q4_0", 32, 18);
    public static final DataType Q8_0 = add(8, "q8_0", 32, 34);

    static {
        BY_NUMBER.put(0, DataType.F32);
        BY_NUMBER.put(1, DataType.F16);
        add(3, "q4_1", 32, 20);
        add(6, "q5_0", 32, 22);
        add(7, "q5_1", 32, 24);
        add(9, "q8_1", 32, 36);
        add(10, "q2_k", 256, 84);
        add(11, "q3_k", 256, 110);
        add(12, "q4_k", 256, 144);
        add(13, "q5_k", 256, 176);
        add(14, "q6_k", 256, 210);
        add(15, "q8_k", 256, 292);
        add(16, "iq2_xxs", 256, 66);
        add(17, "iq2_xs", 256, 74);
        add(18, "iq3_xxs", 256, 98);
        add(19, "iq1_s", 256, 50);
        add(20, "iq4_nl", 32, 18);
        add(21, "iq3_s", 256, 110);
        add(22, "iq2_s", 256, 82);
        add(23, "iq4_xs", 256, 136);
        BY_NUMBER.put(24, DataType.I8);
        BY_NUMBER.put(25, DataType.I16);
        BY_NUMBER.put(26, DataType.I32);
        BY_NUMBER.put(27, DataType.I64);
        BY_NUMBER.put(28, DataType.F64);
        add(29, "iq1_m", 256, 56);
        BY_NUMBER.put(30, DataType.BF16);
        add(34, "tq1_0", 256, 54);
        add(35, "tq2_0", 256, 66);
        BY_NUMBER.put(39, DataType.MXFP4);
        // ggml packs four 16-element groups of NVFP4 into one block of 64.
        add(40, "nvfp4", 64, 36);
        add(41, "q1_0", 128, 18);
        add(42, "q2_0", 64, 18);
    }

    private GgmlTypes() {}

    /// The type of that number; empty for a removed or unknown one.
    public static Optional<DataType> byNumber(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /// The type of that name in lower case, for example `q4_k`; empty for an unknown one.
    public static Optional<DataType> byName(String name) {
        return BY_NUMBER.values().stream()
                .filter(type -> type.name().equals(name))
                .findFirst();
    }

    private static DataType add(int number, String name, int blockElements, int blockBytes) {
        DataType type = new DataType(name, blockElements, blockBytes);
        BY_NUMBER.put(number, type);
        return type;
    }
}
