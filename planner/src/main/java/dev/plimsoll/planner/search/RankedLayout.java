package dev.plimsoll.planner.search;

import dev.plimsoll.planner.training.TrainingJob;

/// A layout that fits, with what it costs.
///
/// @param number of the candidate in its [SearchSpace]
/// @param job with the layout, the micro-batch and the recomputation
/// @param deviceBytes that the fullest device must have
/// @param stepSeconds by the closed form of the pipeline
/// @param stepCost seconds times devices times price
public record RankedLayout(
        long number, TrainingJob job, SearchDevices devices, long deviceBytes, double stepSeconds, double stepCost) {}
