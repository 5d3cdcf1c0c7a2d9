package dev.plimsoll.planner.result;

import dev.plimsoll.model.units.Provenance;

/// What a number stands on.
///
/// @param unit the base unit, for example `B` or `FLOPs`
/// @param source where the formula comes from: a paper with its equation, a file format, or this program's own walk
public record Basis(String unit, String source, Provenance provenance) {}
