package dev.plimsoll.model.architecture;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// How many heads, and how wide.
///
/// @param keyValueHeads divides `queryHeads`
/// @param headSize width of a query and a key head
/// @param valueSize width of a value head
public record Heads(long queryHeads, long keyValueHeads, long headSize, long valueSize) {
    public Heads {
        if (queryHeads < 1 || keyValueHeads < 1 || headSize < 1 || valueSize < 1) {
            throw new IllegalArgumentException(
                    "heads and their sizes must be at least 1: " + queryHeads + " query heads, " + keyValueHeads
                            + " key/value heads, head size " + headSize + ", value size " + valueSize);
        }
        if (queryHeads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    queryHeads + " query heads cannot share " + keyValueHeads + " key/value heads evenly");
        }
    }

    public Heads(long queryHeads, long keyValueHeads, long headSize) {
        this(queryHeads, keyValueHeads, headSize, headSize);
    }

    public Shape query() {
        return Shape.of(Axis.QUERY_HEADS, queryHeads, Axis.HEAD_SIZE, headSize);
    }

    public Shape key() {
        return Shape.of(Axis.KEY_VALUE_HEADS, keyValueHeads, Axis.HEAD_SIZE, headSize);
    }

    public Shape value() {
        return Shape.of(Axis.KEY_VALUE_HEADS, keyValueHeads, valueAxis(), valueSize);
    }

    /// The attention's output.
    public Shape output() {
        return Shape.of(Axis.QUERY_HEADS, queryHeads, valueAxis(), valueSize);
    }

    private Axis valueAxis() {
        return valueSize == headSize ? Axis.HEAD_SIZE : Axis.VALUE_SIZE;
    }
}
