package dev.plimsoll.model.architecture;

/// Identical layers one after another.
///
/// @param first the number of the first one, which `{layer}` in tensor names stands for
/// @param count how many, at least 1
public record LayerRun(Block block, long first, long count) {
    public LayerRun {
        if (first < 0 || count < 1) {
            throw new IllegalArgumentException(block.name() + ": " + count + " layers from number " + first);
        }
    }
}
