package dev.plimsoll.planner.hardware.law;

/// The kernels of a training step that are bound by compute.
public enum TrainingKernel {
    /// Activations times weights, forward and for the gradient of the activations. Size: its FLOPs.
    MATRIX_PRODUCT,
    /// The gradient of a weight, added up in f32. Size: its FLOPs.
    WEIGHT_GRADIENT,
    /// As [#MATRIX_PRODUCT] for the experts of a device in one kernel. Size: tokens of one expert.
    GROUPED_PRODUCT,
    /// As [#WEIGHT_GRADIENT] for the experts of a device in one kernel. Size: tokens of one expert.
    GROUPED_WEIGHT_GRADIENT,
    /// Tiled causal attention, `2 b a (d + d') s^2 / 2` FLOPs: only the visible half counts. Size: its FLOPs.
    ATTENTION_FORWARD,
    /// The same where keys are wider than 128, as in multi-head latent attention. Size: its FLOPs.
    ATTENTION_FORWARD_WIDE,
    /// The backward of tiled causal attention, 2.5 times the FLOPs of its forward. Size: its FLOPs.
    ATTENTION_BACKWARD,
    /// The same where keys are wider than 128. Size: its FLOPs.
    ATTENTION_BACKWARD_WIDE
}
