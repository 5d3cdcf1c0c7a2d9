package dev.plimsoll.engine.generation;

/// What became of new tokens.
public record Fed(Logits logits, Traffic traffic) {}
