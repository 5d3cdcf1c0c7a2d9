package dev.plimsoll.formats.reconcile;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;

/// Matrices `[outputs, inputs]` in one tensor: what packed forms hold.
///
/// @param count how many are stacked: the experts, or 1
/// @param outputs of one matrix, of all fused ones together
record Matrices(long count, long outputs, long inputs) {

    /// Empty for anything but matrices, or fused ones of different inputs.
    static Optional<Matrices> of(List<Parameter> parameters, TensorName name) {
        Optional<Matrices> all = Optional.empty();
        for (Parameter parameter : parameters) {
            Optional<Matrices> one = of(parameter, name);
            if (one.isEmpty() || (all.isPresent() && !all.get().fusesWith(one.get()))) {
                return Optional.empty();
            }
            all = Optional.of(all.isEmpty() ? one.get() : all.get().with(one.get()));
        }
        return all;
    }

    private static Optional<Matrices> of(Parameter parameter, TensorName name) {
        List<Long> sizes = parameter.groups().stream().map(Shape::fixedElements).toList();
        boolean stacked = parameter.groups().getFirst().has(Axis.EXPERTS);
        if (sizes.size() != (stacked ? 3 : 2)) {
            return Optional.empty();
        }
        long count = stacked && !name.isPerExpert() ? sizes.getFirst() : 1;
        return Optional.of(new Matrices(count, sizes.get(sizes.size() - 2), sizes.getLast()));
    }

    private boolean fusesWith(Matrices other) {
        return count == other.count && inputs == other.inputs;
    }

    private Matrices with(Matrices other) {
        return new Matrices(count, Math.addExact(outputs, other.outputs), inputs);
    }

    long elements() {
        return Math.multiplyExact(count, Math.multiplyExact(outputs, inputs));
    }
}
