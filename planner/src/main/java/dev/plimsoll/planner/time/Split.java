package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.training.MicroBatch;

/// How one micro-batch's work on one block is split over devices.
///
/// @param parallelism of which tensor, context and expert parallelism count
/// @param batch sequences and tokens of a micro-batch, before context parallelism splits them
/// @param load the rows that the busiest device's experts receive, over the mean
public record Split(Parallelism parallelism, MicroBatch batch, double load) {}
