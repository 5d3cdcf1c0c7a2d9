package dev.plimsoll.engine.training;

/// Which tokens of each sequence a device has.
///
/// @param from the first
/// @param count how many
record TokenSlice(int from, int count) {
    /// Of numbers for all tokens, those of its own.
    ///
    /// @param whole `[b, s]`
    /// @param tokens `s`
    int[] of(int[] whole, int tokens) {
        int[] own = new int[whole.length / tokens * count];
        for (int row = 0; row < whole.length / tokens; row++) {
            System.arraycopy(whole, row * tokens + from, own, row * count, count);
        }
        return own;
    }
}
