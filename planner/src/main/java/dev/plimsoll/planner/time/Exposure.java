package dev.plimsoll.planner.time;

/// How much of communication shows, though it could be hidden behind computing: 0 where all is hidden, 1 where nothing is.
///
/// @param tensor of tensor parallelism's collectives
/// @param context of context parallelism's, beyond what is longer than the attention that hides it
/// @param expert of the exchange between experts' devices
/// @param data of gathering weights and reducing gradients, beyond what is longer than the work that hides it
/// @param pipeline of what stages send each other
public record Exposure(double tensor, double context, double expert, double data, double pipeline) {
    /// Nothing is hidden.
    public static final Exposure EVERYTHING = new Exposure(1, 1, 1, 1, 1);

    /// What shows of a transfer that may hide behind work: all that is longer, and a share of the rest.
    ///
    /// @param share of the part that could be hidden
    public static double shown(double transfer, double work, double share) {
        return Math.max(0, transfer - work) + share * Math.min(transfer, work);
    }
}
