package dev.plimsoll.formats.checkpoint;

import dev.plimsoll.model.units.Bytes;

/// A file of a checkpoint.
///
/// @param name relative to the checkpoint's folder
/// @param length all of it, headers included
public record StoredFile(String name, Bytes length) {}
