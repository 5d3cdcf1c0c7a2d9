package dev.plimsoll.planner.serving;

/// What an engine takes into one step where nothing is said.
///
/// @param fromBytes the rule holds on devices of at least this much memory
/// @param fromDevices and in tensor-parallel groups of at least so many
/// @param batchedTokens tokens of one step
/// @param sequences of one step
public record StepDefaults(long fromBytes, int fromDevices, long batchedTokens, long sequences) {}
