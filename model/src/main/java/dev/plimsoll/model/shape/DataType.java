package dev.plimsoll.model.shape;

import dev.plimsoll.model.units.Bytes;

/// How tensor elements are held: a block of so many elements takes so many bytes.
///
/// Plain types are blocks of one element; four-bit weights with a scale are, for example, 18 bytes a block of 32.
///
/// @param name the name printed, lower case, for example `bf16` or `q4_k`
/// @param blockElements elements in a block, at least 1
/// @param blockBytes bytes a block takes, at least 1, scales included
public record DataType(String name, int blockElements, int blockBytes) {
    public static final DataType F64 = new DataType("f64", 1, 8);
    public static final DataType F32 = new DataType("f32", 1, 4);
    public static final DataType F16 = new DataType("f16", 1, 2);
    public static final DataType BF16 = new DataType("bf16", 1, 2);
    public static final DataType F8_E4M3 = new DataType("f8_e4m3", 1, 1);
    public static final DataType F8_E5M2 = new DataType("f8_e5m2", 1, 1);
    public static final DataType F8_E8M0 = new DataType("f8_e8m0", 1, 1);
    public static final DataType F6_E2M3 = new DataType("f6_e2m3", 4, 3);
    public static final DataType F6_E3M2 = new DataType("f6_e3m2", 4, 3);
    public static final DataType F4 = new DataType("f4", 2, 1);
    public static final DataType C64 = new DataType("c64", 1, 8);
    public static final DataType I64 = new DataType("i64", 1, 8);
    public static final DataType I32 = new DataType("i32", 1, 4);
    public static final DataType I16 = new DataType("i16", 1, 2);
    public static final DataType I8 = new DataType("i8", 1, 1);
    public static final DataType I4 = new DataType("i4", 2, 1);
    public static final DataType U64 = new DataType("u64", 1, 8);
    public static final DataType U32 = new DataType("u32", 1, 4);
    public static final DataType U16 = new DataType("u16", 1, 2);
    public static final DataType U8 = new DataType("u8", 1, 1);
    public static final DataType U4 = new DataType("u4", 2, 1);
    public static final DataType BOOL = new DataType("bool", 1, 1);

    /// Four-bit floats with one shared 8-bit exponent for each 32. Source: OCP Microscaling Formats 1.0.
    public static final DataType MXFP4 = new DataType("mxfp4", 32, 17);
    /// Four-bit floats with one fp8 scale for each 16; the one f32 scale of a tensor is counted apart.
    public static final DataType NVFP4 = new DataType("nvfp4", 16, 9);
    /// Four-bit normal floats with one f32 scale for each 64. Source: Dettmers et al. 2023, section 3.
    public static final DataType NF4 = new DataType("nf4", 64, 36);

    public DataType {
        if (blockElements < 1 || blockBytes < 1) {
            throw new IllegalArgumentException("a block holds at least one element and one byte: " + name);
        }
    }

    /// Average bits an element takes, for printing.
    public double bitsPerElement() {
        return 8.0 * blockBytes / blockElements;
    }

    /// Bytes that so many elements take in one row: whole blocks, the last one padded.
    ///
    /// @throws ArithmeticException past 2^63 - 1 bytes
    public Bytes bytes(long elements) {
        return new Bytes(Math.multiplyExact(Math.ceilDiv(elements, blockElements), blockBytes));
    }
}
