package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;

/// A tensor that was allocated.
///
/// @param name for example `text.3/attention.core.probabilities`; a gradient's ends in `.gradient`
public record AllocatedTensor(String name, Bytes bytes, Category category, DataType dataType) {}
