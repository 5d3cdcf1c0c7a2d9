package dev.plimsoll.formats.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Sizes of a tensor, outermost first, as PyTorch gives them: a linear weight is `[output, input]`.
///
/// Without sizes it is a scalar of one element; a size may be 0.
public record Dimensions(List<Long> sizes) {
    /// More sizes than any format in use has; readers refuse a tensor beyond, before they collect its sizes.
    public static final int MOST = 32;

    /// Checks the sizes.
    ///
    /// @throws IllegalArgumentException when a size is negative
    /// @throws ArithmeticException when the elements are more than 2^63 - 1
    public Dimensions {
        sizes = List.copyOf(sizes);
        for (long size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException("sizes must not be negative: " + sizes);
            }
        }
        product(sizes);
    }

    public static Dimensions of(long... sizes) {
        return new Dimensions(Arrays.stream(sizes).boxed().toList());
    }

    public int rank() {
        return sizes.size();
    }

    public long elements() {
        return product(sizes);
    }

    /// As Python prints a shape: `[4096, 128]`.
    @Override
    public String toString() {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }

    private static long product(List<Long> sizes) {
        if (sizes.contains(0L)) {
            return 0;
        }
        long product = 1;
        for (long size : sizes) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }
}
