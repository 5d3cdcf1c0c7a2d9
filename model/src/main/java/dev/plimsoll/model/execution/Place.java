package dev.plimsoll.model.execution;

/// Where a device stands, each number from 0.
///
/// @param tensor among those that hold parts of the same matrices
/// @param context among those that hold parts of the same sequences
/// @param data which replica it belongs to
/// @param stage of the pipeline
public record Place(int tensor, int context, int data, int stage) {}
