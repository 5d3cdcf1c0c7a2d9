package dev.plimsoll.planner.memory;

/// Parameters of one device and the bytes that belong to them, before any sharing out over replicas.
///
/// @param parameters how many numbers, padding included
/// @param trained how many of them get gradients
/// @param weights bytes
/// @param gradients bytes, a second copy included where there is one
/// @param masterWeights bytes
/// @param optimizerStates bytes
public record HeldParameters(
        long parameters, long trained, long weights, long gradients, long masterWeights, long optimizerStates) {
    public static final HeldParameters NONE = new HeldParameters(0, 0, 0, 0, 0, 0);

    public HeldParameters plus(HeldParameters other) {
        return new HeldParameters(
                parameters + other.parameters,
                trained + other.trained,
                weights + other.weights,
                gradients + other.gradients,
                masterWeights + other.masterWeights,
                optimizerStates + other.optimizerStates);
    }
}
