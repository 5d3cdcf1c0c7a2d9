package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;

/// A law and how it came to a device: fitted to measurements on it, or taken from another for want of those.
public record Fitted<T>(T law, String source, Provenance provenance) {}
