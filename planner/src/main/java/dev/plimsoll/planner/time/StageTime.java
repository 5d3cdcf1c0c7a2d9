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
/// @param denseParameters held by one device before data parallelism shares them out
/// @param expertParameters the same of experts
public record StageTime(
        double forward,
        double backward,
        double weightGradients,
        double computing,
        double rerun,
        double communication,
        double gathering,
        double denseParameters,
        double expertParameters) {
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
            dense += count * kind.denseParameters();
            experts += count * kind.expertParameters();
        }
        return new StageTime(
                forward, backward, weightGradients, computing, rerun, communication, gathering, dense, experts);
    }

    /// Both ways.
    public double seconds() {
        return forward + backward;
    }
}
