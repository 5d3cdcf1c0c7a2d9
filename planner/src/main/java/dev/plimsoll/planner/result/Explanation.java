package dev.plimsoll.planner.result;

import java.math.BigDecimal;

/// How a number comes about, so that a reader can redo it.
///
/// @param topic what the number is, for example `parameters` or `layer (causal attention, gated feed-forward)`
/// @param formula in symbols, the letters of [dev.plimsoll.model.shape.Axis]
/// @param substituted the formula with the numbers put in: plain arithmetic of numbers, `+ - x / ( )`, whose value is
///     `value`
public record Explanation(String topic, String formula, String substituted, BigDecimal value, Basis basis) {}
