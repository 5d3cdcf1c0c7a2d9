package dev.plimsoll.model.operator;

/// How a rotary embedding turns a head.
///
/// Pair `m` of `size / 2` is rotated by `position · base^(-2m / size)`, after scaling. Source: Su et al. 2021, equation
/// 15.
///
/// @param size how many elements of the head are rotated, even
/// @param where which end of the head they lie at
public record Rotary(long size, double base, Pairing pairing, End where, RotaryScaling scaling) {
    /// Which two elements form a pair.
    public enum Pairing {
        /// Element `m` with `m + size / 2` (Llama in Hugging Face's layout, NeoX).
        HALVES,
        /// Element `2m` with `2m + 1` (GPT-J).
        NEIGHBOURS
    }

    /// The end of a head that is rotated where only a part is.
    public enum End {
        FIRST,
        LAST
    }

    public Rotary {
        if (size < 2 || size % 2 != 0) {
            throw new IllegalArgumentException("a rotary embedding turns pairs, so not " + size + " elements");
        }
    }
}
