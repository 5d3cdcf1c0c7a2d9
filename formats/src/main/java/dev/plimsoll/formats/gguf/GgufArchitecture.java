package dev.plimsoll.formats.gguf;

/// How an architecture's metadata become a config.
///
/// @param modelType the family
/// @param difference what it takes over beyond the keys that all architectures share
record GgufArchitecture(String modelType, Difference difference) {
    /// Adds to the shared keys, or replaces them.
    @FunctionalInterface
    interface Difference {
        void apply(GgufKeys keys);

        default Difference and(Difference further) {
            return keys -> {
                apply(keys);
                further.apply(keys);
            };
        }
    }
}
