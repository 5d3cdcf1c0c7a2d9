package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.shape.Axis;

/// What a tensor is to a quantisation: formats choose by it what they leave alone.
public enum TensorGroup {
    /// Tables that are looked up, a tied head included.
    EMBEDDING("embedding"),
    /// Weights of linear maps in the layers.
    MATRICES("matrices"),
    /// Weights of the experts that routers choose from.
    EXPERTS("experts"),
    /// Weights of routers and of gates with one output.
    ROUTERS("routers"),
    HEAD("head"),
    /// Gains, biases, kernels, and what steers recurrences.
    SMALL("norms, biases and other small tensors"),
    /// Everything of vision and audio towers and of their projectors.
    TOWERS("vision and audio towers");

    private final String words;

    TensorGroup(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    static TensorGroup of(ReadTensor tensor) {
        return switch (tensor.run().part().kind()) {
            case VISION_ENCODER, AUDIO_ENCODER, PROJECTOR -> TOWERS;
            case TEXT_DECODER, TEXT_ENCODER, POOLER, NEXT_TOKENS_PREDICTION -> ofText(tensor);
        };
    }

    private static TensorGroup ofText(ReadTensor tensor) {
        return switch (tensor.parameter().kind()) {
            case TABLE -> EMBEDDING;
            case BIAS, GAIN, GAIN_BESIDE_ONE, KERNEL, RECURRENCE, CORRECTION -> SMALL;
            case MATRIX -> ofMatrix(tensor);
        };
    }

    private static TensorGroup ofMatrix(ReadTensor tensor) {
        for (Operator reader : tensor.readers()) {
            if (reader instanceof Operator.GroupedLinear) {
                return EXPERTS;
            }
            if (reader instanceof Operator.Router) {
                return ROUTERS;
            }
            if (reader instanceof Operator.Linear linear) {
                if (linear.outputs().has(Axis.UNIT)) {
                    return ROUTERS;
                }
                return linear.role() == Role.HEAD ? HEAD : MATRICES;
            }
        }
        return SMALL;
    }
}
