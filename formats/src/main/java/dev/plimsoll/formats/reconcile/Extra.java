package dev.plimsoll.formats.reconcile;

import dev.plimsoll.model.units.Bytes;

/// Tensors that a checkpoint holds beyond the logical model, under one pattern of names.
///
/// @param pattern their name with `{n}` for numbers, printable; of several patterns, the first one's
/// @param tensors how many
/// @param elements of all of them, in their stored type
/// @param bytes of all of them
public record Extra(Kind kind, String pattern, long tensors, long elements, Bytes bytes) {
    /// What such tensors are for, the largest trouble for a count first.
    public enum Kind {
        /// Layers that predict further tokens.
        NEXT_TOKENS_PREDICTION("next-token-prediction layers"),
        /// Another copy of a table or head that is in the count already.
        TIED_COPY("copies of tied tensors"),
        /// What undoes the rounding of quantised weights.
        SCALE("scales and zero points"),
        /// How packed values are to be unpacked.
        PACKING("packing details"),
        /// Computed, not trained: rotary frequencies, causal masks, position numbers.
        BUFFER("buffers"),
        /// An encoder of images or sound that the description leaves out.
        TOWER("towers not described"),
        /// Heads for tasks other than the one described.
        TASK_HEAD("heads of other tasks"),
        UNKNOWN("unknown");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /// For people.
        public String title() {
            return title;
        }
    }
}
