package dev.plimsoll.planner.serving;

/// When an engine's activations are the most.
public enum ActivationRule {
    /// They are not counted.
    NOT_COUNTED,
    /// In a layer at the largest step, or while logits are sampled from: whichever is more.
    LARGER_PHASE,
    /// In a layer, twice, since what is planned beforehand for two layers does not overlap; or while sampling.
    TWO_LAYERS,
    /// One buffer planned beforehand, in f32: the residual stream beside logits of every token of a step.
    ONE_BUFFER
}
