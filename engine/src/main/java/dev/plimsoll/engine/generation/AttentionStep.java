package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.attention.VisibleKeys;
import dev.plimsoll.engine.operator.ForwardOperands;
import dev.plimsoll.model.operator.Operator;

/// One attention of one step.
///
/// @param index its place among the attentions of the program
/// @param operands of the whole row of new tokens
record AttentionStep(Expansion expansion, int index, Batch batch, ForwardOperands operands) {
    Operator.Attention attention() {
        return expansion.attention();
    }

    /// One sequence's entries.
    LayerCache cache(int sequence) {
        return batch.feeds().get(sequence).sequence().cache(index);
    }

    /// The text index of the first token that a sequence's new tokens look at.
    int firstSeen(int sequence) {
        int at = batch.feeds().get(sequence).sequence().tokens();
        return Math.toIntExact(VisibleKeys.firstSeen(attention().mask(), at));
    }
}
