package dev.plimsoll.engine.training;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;

/// Which part of a micro-batch's tokens a device works on.
///
/// Tokens are shared first among the devices of a context group, then among those of a tensor group; a value's shape
/// says in how many parts its tokens are.
///
/// @param context the device's place in its context group, of `contexts`
/// @param tensor its place in its tensor group, of `tensors`
record Seat(int context, int contexts, int tensor, int tensors) {
    /// A device alone.
    static final Seat ALONE = new Seat(0, 1, 0, 1);

    /// @param tokens of a whole sequence
    TokenSlice slice(Value value, int tokens) {
        int parts = parts(value);
        int count = tokens / parts;
        return new TokenSlice(part(parts) * count, count);
    }

    private int part(int parts) {
        if (parts == 1) {
            return 0;
        }
        return parts == contexts ? context : context * tensors + tensor;
    }

    private static int parts(Value value) {
        for (Dimension dimension : value.shape().dimensions()) {
            if (dimension instanceof Dimension.Open open && open.axis() == Axis.SEQUENCE) {
                return Math.toIntExact(open.parts());
            }
        }
        return 1;
    }

    /// A number that differs among devices whose elements of the operator's output are other ones.
    ///
    /// Attention heads are shared among a tensor group, tokens as their shape says.
    int draws(Operator operator) {
        int part = part(parts(operator.output()));
        return operator instanceof Operator.Attention ? part * tensors + tensor : part;
    }
}
