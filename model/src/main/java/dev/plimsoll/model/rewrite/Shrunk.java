package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Transformer;

/// A shrunk model, and how long its open axes may be in a run.
public record Shrunk(Transformer transformer, RunSizes sizes) {}
