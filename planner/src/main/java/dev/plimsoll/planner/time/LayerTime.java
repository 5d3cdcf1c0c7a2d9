package dev.plimsoll.planner.time;

/// What one block costs one device for one micro-batch.
///
/// Depends on the block, the tensor, context and expert degrees, the micro-batch, what is run again, and the conditions;
/// not on stages, replicas or the number of micro-batches, so that a search may keep it.
///
/// @param backward the gradients, without what is run again
/// @param rerun what is run again before them
/// @param weightGradients the seconds of `backward` that only the weights' gradients take, which may be put off
/// @param work that it multiplies
/// @param held parameters of one device, without what data parallelism shares out
/// @param trained those of them that get gradients
public record LayerTime(
        PassTime forward,
        PassTime backward,
        PassTime rerun,
        double weightGradients,
        Work work,
        Parameters held,
        Parameters trained) {
    /// Nothing, as of an edge that another stage has.
    public static final LayerTime NONE = new LayerTime(
            PassTime.NONE, PassTime.NONE, PassTime.NONE, 0, new Work(0, 0, 0), Parameters.NONE, Parameters.NONE);

    /// Numbers of parameters.
    ///
    /// @param dense that every replica has
    /// @param experts that are dealt out among experts' devices
    public record Parameters(double dense, double experts) {
        static final Parameters NONE = new Parameters(0, 0);
    }

    /// FLOPs of matrix products and attention cores over the pairs that are seen, on one device.
    public record Work(double forward, double backward, double rerun) {}

    /// Walks the block once: tens of microseconds.
    public static LayerTime of(BlockRun run, Split split, Conditions conditions) {
        return new BlockClock(run, split, conditions).time();
    }

    /// Seconds of one way forward.
    public double forwardSeconds() {
        return forward.seconds();
    }

    /// Seconds of one way back, with what is run again.
    public double backwardSeconds() {
        return backward.seconds() + rerun.seconds();
    }
}
