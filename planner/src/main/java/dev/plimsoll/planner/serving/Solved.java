package dev.plimsoll.planner.serving;

import java.util.Optional;

/// The largest or smallest of something that fits.
///
/// @param question what was solved for
/// @param value what fits; empty where nothing does
/// @param binding what keeps it from going further, in words
/// @param job the job with the value put in; the job as it was where nothing fits
public record Solved(Question question, Optional<Value> value, String binding, ServingJob job) {
    /// What can be solved for, by the name of the option that sets it.
    public enum Question {
        MAX_MODEL_LEN("max-model-len"),
        MAX_NUM_SEQS("max-num-seqs"),
        GPUS("gpus"),
        DTYPE("dtype"),
        KV_CACHE_DTYPE("kv-cache-dtype");

        private final String word;

        Question(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// A number or a name.
    public sealed interface Value {
        record Count(long count) implements Value {}

        record Name(String name) implements Value {}
    }
}
