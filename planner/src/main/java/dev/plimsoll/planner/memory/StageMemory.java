package dev.plimsoll.planner.memory;

/// What one device of a stage holds at its worst moment, in bytes, line by line.
///
/// `states + activations in flight + buffers + the largest of what the loss and one layer's backward pass add`, or what
/// is held behind the last backward pass, when no activation is left, if that is more.
///
/// @param moment when most is held
/// @param weights of the parameters, as they lie between steps
/// @param gradients of the parameters, where they are there at that moment
/// @param masterWeights copies that the optimizer changes
/// @param optimizerStates of the optimizer
/// @param activations kept for the backward passes of the micro-batches in flight
/// @param logits scores and loss, where the worst moment is the loss's
/// @param working gradients of activations, what is run again, what the optimizer's step takes
/// @param buffers gathered weights, spare gradients, buckets and the framework's own
/// @param pools what allocators of other streams keep to themselves: gathered and reduced buffers that are free just then
/// @param groups kinds of communication
public record StageMemory(
        Moment moment,
        long weights,
        long gradients,
        long masterWeights,
        long optimizerStates,
        long activations,
        long logits,
        long working,
        long buffers,
        long pools,
        int groups) {
    /// The allocator's fragments: what is reserved over what is allocated, mean of published pairs. Source:
    /// MooreThreads/SimuMax, reserved and allocated bytes of its B200 runs (1.042 on average, 1.007 to 1.093).
    private static final long RESERVED_PERCENT = 3;

    private static final long LOW_PERMILLE = 7;
    private static final long HIGH_PERMILLE = 93;
    private static final long RESERVED_FIXED = 820L << 20;

    /// Assumed: drivers take 0.5 to 1 GiB, and each communicator some hundred MiB.
    private static final long CONTEXT = 768L << 20;

    private static final long COMMUNICATOR = 320L << 20;

    /// When most is held.
    public enum Moment {
        /// Where the loss's gradient is taken, with all activations in flight.
        LOSS,
        /// In the backward pass of a layer, the loss's own let go.
        BACKWARD,
        /// At the end of the last backward pass, with the edges' gradients on their way to their owners.
        REDUCTION,
        /// While the optimizer changes the weights.
        STEP
    }

    /// Weights, gradients, master weights and optimizer states.
    public long states() {
        return weights + gradients + masterWeights + optimizerStates;
    }

    /// What the framework's allocator has handed out at the worst moment.
    public long allocated() {
        return states() + activations + logits + working + buffers;
    }

    /// What the allocator takes from the device: [#allocated], other streams' pools, and fragments.
    public long reserved() {
        return taken() + fragments();
    }

    /// What lies between blocks that are handed out: 3 % and 820 MiB.
    long fragments() {
        return fragments(taken());
    }

    private static long fragments(long taken) {
        return taken * RESERVED_PERCENT / 100 + RESERVED_FIXED;
    }

    /// The least that was seen: 0.7 % over what is allocated.
    public long reservedLow() {
        return taken() + taken() * LOW_PERMILLE / 1000;
    }

    /// The most that was seen: 9.3 % over what is allocated.
    public long reservedHigh() {
        return Math.max(reserved(), taken() + taken() * HIGH_PERMILLE / 1000);
    }

    private long taken() {
        return allocated() + pools;
    }

    /// Of the device's driver, outside the allocator: assumed.
    public long context() {
        return CONTEXT;
    }

    /// Of the communication library, outside the allocator: assumed, for each kind of communication.
    public long communication() {
        return groups * COMMUNICATOR;
    }

    /// What the device must have.
    public long device() {
        return reserved() + context() + communication();
    }

    /// What the device must have for weights, their copies and the optimizer's states: at most [#device()], whatever the
    /// micro-batch, what is run again, and how many micro-batches are in flight.
    public long deviceForStates() {
        long held = weights + masterWeights + optimizerStates;
        return held + fragments(held) + context() + communication();
    }

    /// Adds up a stage. Allocates nothing but the result.
    ///
    /// @param kinds the different blocks that stand on it
    /// @param counts how many of each
    /// @param inFlight of each, blocks times the micro-batches whose activations they hold
    /// @param deferred of each, blocks times the micro-batches for whose weights' gradients alone they hold inputs
    public static StageMemory of(
            LayerMemory[] kinds, long[] counts, long[] inFlight, long[] deferred, StageRules rules) {
        return new StageSum(rules).of(kinds, counts, inFlight, deferred);
    }
}
