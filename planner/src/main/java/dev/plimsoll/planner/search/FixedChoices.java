package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a user has settled; a search looks at everything else.
public record FixedChoices(
        Degrees degrees,
        Optional<SequenceSplit> sequence,
        Optional<PipelineSchedule> schedule,
        Optional<Sharding> sharding,
        OptionalLong microBatch,
        Optional<Recomputation> recomputation) {
    /// Degrees of parallelism that are settled.
    public record Degrees(
            OptionalInt tensor,
            OptionalInt context,
            OptionalInt expert,
            OptionalInt expertTensor,
            OptionalInt pipeline,
            OptionalInt chunks) {
        /// None of them.
        public static final Degrees OPEN = new Degrees(
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    /// Everything is looked at.
    public static final FixedChoices NONE = new FixedChoices(
            Degrees.OPEN, Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty());

    public FixedChoices withMicroBatch(long sequences) {
        return new FixedChoices(degrees, sequence, schedule, sharding, OptionalLong.of(sequences), recomputation);
    }
}
