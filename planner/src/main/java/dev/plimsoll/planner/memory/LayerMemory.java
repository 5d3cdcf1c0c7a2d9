package dev.plimsoll.planner.memory;

/// What one block costs one device for one micro-batch, in bytes.
///
/// @param place where it stands
/// @param dense parameters that every replica holds
/// @param experts parameters that are dealt out among experts' devices
/// @param saved what its forward pass leaves for its backward pass
/// @param deferred what is left for the gradients of its weights alone, where a schedule puts those off
/// @param rerun what is held, beside that, only while it is run again
/// @param working gradients and buffers of its backward pass when most are held
/// @param logits scores and what belongs to them; of a head alone
/// @param products shapes of its matrices as held here, `rows << 32 | columns`, each once
@SuppressWarnings("ArrayRecordComponent") // read in a loop that must not allocate
public record LayerMemory(
        TrainedLayer.Place place,
        HeldParameters dense,
        HeldParameters experts,
        long saved,
        long deferred,
        long rerun,
        long working,
        long logits,
        long[] products) {
    /// How many numbers of its parameters one device holds.
    public long parameters() {
        return dense.parameters() + experts.parameters();
    }

    /// What its backward pass adds when most is held.
    public long transients() {
        return rerun + working + logits;
    }
}
