package dev.plimsoll.formats.reconcile;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;

/// Parameters that a checkpoint holds in one way.
///
/// @param name for people: a data type, or a packed form such as `gptq 4-bit`
/// @param type what an element is held in; for a packed form, what is packed
/// @param parameters logical ones
/// @param tensors that hold them, scales and packing details not counted
/// @param elements of those tensors, in their stored type; fewer than the parameters where values are packed
/// @param bytes of those tensors
public record WeightForm(String name, DataType type, long parameters, long tensors, long elements, Bytes bytes) {}
