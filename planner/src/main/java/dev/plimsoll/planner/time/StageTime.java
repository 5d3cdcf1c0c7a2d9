package dev.plimsoll.planner.time;

/// What one micro-batch takes on one stage of a pipeline, all its chunks together, in seconds.
///
/// @param forward one way forward, everything included
/// @param backward one way back, everything included
/// @param weightGradients the part of `backward` that may be put off
/// @param computing products, attention cores, element-wise kernels and waiting for the host, both ways
/// @param rerun what is run again, with its collectives
/// @param communication what shows of tensor, context and expert parallelism's collectives
/// @param gathering what shows of gathering and scattering weights that are shared out
/// @param held parameters of one device before data parallelism shares them out
/// @param trained those of them that get gradients
public record StageTime(
        double forward,
        double backward,
        double weightGradients,
        double computing,
        double rerun,
        double communication,
        double gathering,
        LayerTime.Parameters held,
        LayerTime.Parameters trained) {
    /// @param kinds of blocks
    /// @param counts how many of each kind stand on the stage
    /// @param sharing what data parallelism does for every block
    public static StageTime of(LayerTime[] kinds, long[] counts, WeightSharing sharing) {
        double forward = 0;
        double backward = 0;
        double weightGradients = 0;
        double computing = 0;
        double rerun = 0;
        double communication = 0;
        double gathering = 0;
        double dense = 0;
        double experts = 0;
        double trainedDense = 0;
        double trainedExperts = 0;
        for (int i = 0; i < kinds.length; i++) {
            LayerTime kind = kinds[i];
            long count = counts[i];
            if (count == 0) {
                continue;
            }
            double forth = kind.forwardSeconds();
            double back = kind.backwardSeconds();
            double gather = sharing.gather(kind);
            double shownForth = Exposure.shown(gather, forth, sharing.exposed());
            double shownBack = Exposure.shown(gather + sharing.scatter(kind), back, sharing.exposed());
            double wires = kind.forward().communication() + kind.backward().communication();
            double again = kind.rerun().seconds();
            forward += count * (forth + shownForth);
            backward += count * (back + shownBack);
            weightGradients += count * kind.weightGradients();
            computing += count * (forth + back - again - wires);
            rerun += count * again;
            communication += count * wires;
            gathering += count * (shownForth + shownBack);
            dense += count * kind.held().dense();
            experts += count * kind.held().experts();
            trainedDense += count * kind.trained().dense();
            trainedExperts += count * kind.trained().experts();
        }
        return new StageTime(
                forward,
                backward,
                weightGradients,
                computing,
                rerun,
                communication,
                gathering,
                new LayerTime.Parameters(dense, experts),
                new LayerTime.Parameters(trainedDense, trainedExperts));
    }

    /// Both ways.
    public double seconds() {
        return forward + backward;
    }
}
