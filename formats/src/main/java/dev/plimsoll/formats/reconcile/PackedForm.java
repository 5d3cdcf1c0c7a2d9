package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.shape.DataType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// A form in which a quantisation method packs several values into one stored element.
///
/// Each form names the tensor that carries the values, its stored type, and the sizes it has for a matrix of `o`
/// outputs and `i` inputs at `b` bits. Sources: the tensors that AutoGPTQ, AutoAWQ, bitsandbytes, compressed-tensors,
/// TensorRT Model Optimizer, MLX, HQQ, quanto, EETQ, BitNet and gpt-oss write.
enum PackedForm {
    /// i32 `[i·b / 32, o]`.
    GPTQ("gptq", ".qweight", DataType.I32) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return fitting(b -> sizes.equals(List.of(words(m.inputs(), b), m.outputs())));
        }
    },
    /// i32 `[i, o·b / 32]`, or for its other kernel `[o, i·b / 32]`.
    AWQ("awq", ".qweight", DataType.I32) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return fitting(b -> sizes.equals(List.of(m.inputs(), words(m.outputs(), b)))
                    || sizes.equals(List.of(m.outputs(), words(m.inputs(), b))));
        }
    },
    /// i32 `[any, o]`: each output group has bits of its own.
    EXL2("exl2", ".q_weight", DataType.I32) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return sizes.size() == 2 && sizes.get(1) == m.outputs()
                    ? (int) Math.max(1, Math.ceilDiv(32 * sizes.get(0), m.inputs()))
                    : 0;
        }
    },
    /// i32 `[o, i·b / 32]`.
    COMPRESSED_INTEGERS("compressed-tensors", ".weight_packed", DataType.I32) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return fitting(b -> sizes.equals(List.of(m.outputs(), words(m.inputs(), b))));
        }
    },
    /// u8 `[o, i / 2]`, two 4-bit floats a byte.
    COMPRESSED_NVFP4("nvfp4", ".weight_packed", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return nibbles(m, sizes);
        }
    },
    NVFP4("nvfp4", ".weight", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return nibbles(m, sizes);
        }
    },
    /// u8 `[o·i / 2, 1]`, two values a byte.
    BITS_AND_BYTES("bitsandbytes", ".weight", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return sizes.equals(List.of(Math.ceilDiv(m.elements(), 2L))) ? 4 : 0;
        }
    },
    /// u8 `[o / 4, i]`, four values a byte.
    BITNET("bitnet", ".weight", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return sizes.equals(List.of(Math.ceilDiv(m.outputs(), 4L), m.inputs())) ? 2 : 0;
        }
    },
    /// u32 `[o, i·b / 32]`.
    MLX("mlx", ".weight", DataType.U32) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return fitting(b -> sizes.equals(stacked(m, m.outputs(), words(m.inputs(), b))));
        }
    },
    /// u8 `[experts, o, i / 32, 16]`, blocks of 32 values in 16 bytes.
    MXFP4("mxfp4", "_blocks", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return m.inputs() % 32 == 0 && sizes.equals(stacked(m, m.outputs(), m.inputs() / 32, 16)) ? 4 : 0;
        }
    },
    /// u8 of any sizes, `8 / b` values a byte.
    HQQ("hqq", ".W_q", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            long bytes = sizes.stream().reduce(1L, (product, size) -> product * size);
            return fitting(b -> bytes * (8 / b) == m.elements());
        }
    },
    /// u8 `[o·b / 8, i]`.
    QUANTO("quanto", ".weight._data", DataType.U8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return fitting(b -> sizes.equals(List.of(Math.ceilDiv(m.outputs() * b, 8L), m.inputs())));
        }
    },
    /// i8 `[i, o]`.
    EETQ("eetq", ".weight", DataType.I8) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return sizes.equals(List.of(m.inputs(), m.outputs())) ? 8 : 0;
        }
    },
    /// i8 or i16 codes `[o / p, i / q, codebooks]`, each for `p·q` values.
    AQLM("aqlm", ".codes", DataType.I16) {
        @Override
        int bits(Matrices m, List<Long> sizes) {
            return sizes.size() >= 2 && m.outputs() % sizes.get(0) == 0 && m.inputs() % sizes.get(1) == 0 ? 2 : 0;
        }
    };

    private static final int[] BITS = {4, 8, 3, 2, 5, 6, 1};

    private final String title;
    private final String suffix;
    private final DataType container;

    PackedForm(String title, String suffix, DataType container) {
        this.title = title;
        this.suffix = suffix;
        this.container = container;
    }

    /// What the carrying tensor's name has in place of `.weight`.
    String suffix() {
        return suffix;
    }

    /// Bits of one value when the sizes are those of this form, else 0.
    ///
    /// @param sizes without those of 1
    abstract int bits(Matrices m, List<Long> sizes);

    /// How the matrices are held, if in this form.
    Optional<Packing> of(Matrices matrices, StoredTensor carrier) {
        if (!carrier.type().equals(container) || !carrier.name().endsWith(suffix)) {
            return Optional.empty();
        }
        List<Long> sizes =
                carrier.dimensions().sizes().stream().filter(size -> size != 1).toList();
        int bits = sizes.contains(0L) ? 0 : bits(matrices, sizes);
        return bits == 0 ? Optional.empty() : Optional.of(new Packing(title + " " + bits + "-bit", type(bits)));
    }

    /// What is packed, and its name for people.
    record Packing(String name, DataType type) {}

    private DataType type(int bits) {
        return switch (this) {
            case COMPRESSED_NVFP4, NVFP4 -> DataType.NVFP4;
            case MXFP4 -> DataType.MXFP4;
            case BITS_AND_BYTES -> DataType.NF4;
            case GPTQ, AWQ, EXL2, COMPRESSED_INTEGERS, BITNET, MLX, HQQ, QUANTO, EETQ, AQLM ->
                switch (bits) {
                    case 4 -> DataType.I4;
                    case 8 -> DataType.I8;
                    // Eight values of b bits take b bytes.
                    default -> new DataType("i" + bits, 8, bits);
                };
        };
    }

    static int nibbles(Matrices m, List<Long> sizes) {
        return m.inputs() % 2 == 0 && sizes.equals(stacked(m, m.outputs(), m.inputs() / 2)) ? 4 : 0;
    }

    /// 32-bit words that so many values of so many bits take.
    static long words(long values, int bits) {
        return Math.ceilDiv(Math.multiplyExact(values, (long) bits), 32L);
    }

    /// The sizes behind the number of stacked matrices, those of 1 left out.
    static List<Long> stacked(Matrices m, long... sizes) {
        return LongStream.concat(LongStream.of(m.count()), LongStream.of(sizes))
                .filter(size -> size != 1)
                .boxed()
                .toList();
    }

    static int fitting(IntPredicate fits) {
        return IntStream.of(BITS).filter(fits).findFirst().orElse(0);
    }
}
