package dev.plimsoll.planner.time;

import dev.plimsoll.planner.framework.ActivationRules;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;

/// What a block is run on and how, whatever its sizes.
///
/// @param pace of the device under the framework
/// @param rings of the layout's groups
/// @param exposure what shows of each kind of collective
/// @param arithmetic of the layers' matrix products; a head's are never in eight bits
/// @param elementBytes of an activation
/// @param rules how the framework runs attention cores, normalisations and rotations
/// @param rerun the share that really is run again of a layer that is to be run again whole
public record Conditions(
        Pace pace,
        Rings rings,
        Exposure exposure,
        MatrixArithmetic arithmetic,
        double elementBytes,
        ActivationRules rules,
        double rerun) {}
