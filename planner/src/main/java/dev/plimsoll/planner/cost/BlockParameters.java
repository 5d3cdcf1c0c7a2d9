package dev.plimsoll.planner.cost;

/// The parameters of one kind of block.
///
/// @param part the part of the model it stands in, for example `text`
/// @param layers how many layers run it
/// @param parametersOfOne of one layer. Tensors that an earlier block has too are counted there; one that only the first
/// of several layers has, and the others look at, is left out, unless they share all they have
/// @param parameters of all of them; as many as of one where they share their tensors
public record BlockParameters(String part, String name, long layers, long parametersOfOne, long parameters) {}
