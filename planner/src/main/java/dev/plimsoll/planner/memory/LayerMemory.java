package dev.plimsoll.planner.memory;

/// What one block costs one device for one micro-batch, in bytes.
///
/// @param dense parameters that every replica holds
/// @param experts parameters that are dealt out among experts' devices
/// @param saved what its forward pass leaves for its backward pass
/// @param rerun what is held, beside that, only while it is run again
/// @param working gradients and buffers of its backward pass when most are held
/// @param logits scores and what belongs to them; of a head alone
/// @param products shapes of its matrices as held here, `rows << 32 | columns`, each once, ascending
@SuppressWarnings("ArrayRecordComponent") // read in a loop that must not allocate
public record LayerMemory(
        HeldParameters dense,
        HeldParameters experts,
        long saved,
        long rerun,
        long working,
        long logits,
        long[] products) {
    /// What its backward pass adds when most is held.
    public long transients() {
        return rerun + working + logits;
    }
}
