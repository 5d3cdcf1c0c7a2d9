package dev.plimsoll.planner.hardware;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// In which numbers a device multiplies matrices. Its peaks differ by these, not by how tensors are stored.
public enum MathType {
    FP32,
    /// 19-bit floats that NVIDIA's matrix units take in place of fp32.
    TF32,
    FP16,
    BF16,
    FP8,
    INT8,
    INT4,
    FP4;

    /// As files and answers write it: `bf16`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<MathType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(MathType::word).toList();
    }
}
