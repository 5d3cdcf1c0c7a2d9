package dev.plimsoll.formats.launch;

import dev.plimsoll.model.execution.Parallelism;

/// A run that is to be written as a launch file.
///
/// @param profile which of the framework's ways to run a layer, as `--framework` names it
/// @param layers of the model, by which the pipeline is cut
/// @param globalBatch sequences in a step
/// @param microBatch sequences that one replica runs at a time
public record LaunchPlan(
        String profile,
        LaunchModel model,
        long layers,
        Parallelism parallelism,
        long globalBatch,
        long microBatch,
        long sequenceLength,
        LaunchMethod method) {}
