package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The sizes that a tensor may have which holds one parameter, or several fused along one axis.
///
/// A size of 1 never matters. Neighbouring axes may be merged or split as the parameter's own axes are: a query
/// projection `[[a, d], [h]]` lies as `[a·d, h]` or `[a, d, h]`.
final class Layout {
    private final List<List<Group>> fusions;
    private final long elements;
    // Layer after layer and expert after expert has the same sizes.
    private Optional<Dimensions> lastAllowed = Optional.empty();

    /// Neighbouring axes that files usually merge.
    private record Group(List<Long> axes) {
        private long size() {
            return axes.stream().reduce(1L, Math::multiplyExact);
        }
    }

    private Layout(List<List<Group>> fusions, long elements) {
        this.fusions = fusions;
        this.elements = elements;
    }

    /// @param parameters at least one
    /// @param name how they lie; where each expert has a tensor of its own, the layout is that of one expert
    static Layout of(List<Parameter> parameters, TensorName name) {
        List<List<Group>> parts = parameters.stream()
                .map(parameter -> arrange(groups(parameter, name), name.arrangement()))
                .toList();
        long elements = parts.stream().mapToLong(Layout::elements).reduce(0, Math::addExact);
        return new Layout(parts.size() == 1 ? List.of(parts.getFirst()) : fusions(parts), elements);
    }

    /// Parameters in one tensor.
    long elements() {
        return elements;
    }

    /// What files usually have, for errors; of several ways to fuse, the first.
    Dimensions usual() {
        List<Group> groups = fusions.isEmpty() ? List.of(new Group(List.of(elements))) : fusions.getFirst();
        return new Dimensions(groups.stream().map(Group::size).toList());
    }

    boolean allows(Dimensions found) {
        if (lastAllowed.isPresent() && lastAllowed.get().equals(found)) {
            return true;
        }
        boolean allowed = found.elements() == elements && fits(found);
        if (allowed) {
            lastAllowed = Optional.of(found);
        }
        return allowed;
    }

    private boolean fits(Dimensions found) {
        List<Long> sizes = found.sizes().stream().filter(size -> size != 1).toList();
        return fusions.stream().anyMatch(groups -> divides(sizes, groups) || perHeadTransposed(groups, sizes));
    }

    private static List<Group> groups(Parameter parameter, TensorName name) {
        List<Shape> shapes = parameter.groups();
        boolean oneExpert = name.isPerExpert() && shapes.getFirst().has(Axis.EXPERTS);
        return (oneExpert ? shapes.subList(1, shapes.size()) : shapes)
                .stream().map(shape -> new Group(sizes(shape))).toList();
    }

    private static List<Long> sizes(Shape shape) {
        List<Long> sizes = new ArrayList<>(shape.rank());
        for (Dimension dimension : shape.dimensions()) {
            sizes.add(
                    switch (dimension) {
                        case Dimension.Fixed fixed -> fixed.size();
                        case Dimension.Open open ->
                            throw new IllegalStateException("a parameter without a size along " + open);
                    });
        }
        return sizes;
    }

    private static List<Group> arrange(List<Group> groups, TensorName.Arrangement arrangement) {
        return switch (arrangement) {
            case OUTPUTS_FIRST -> groups;
            case INPUTS_FIRST -> {
                List<Group> turned = new ArrayList<>(groups);
                if (turned.size() > 1) {
                    Collections.swap(turned, turned.size() - 1, turned.size() - 2);
                }
                yield turned;
            }
        };
    }

    /// Every axis along which the parts can be put together: all others are the same.
    private static List<List<Group>> fusions(List<List<Group>> parts) {
        List<List<Group>> fusions = new ArrayList<>();
        List<Group> first = parts.getFirst();
        for (int axis = 0; axis < first.size(); axis++) {
            if (agreeBeside(parts, axis)) {
                List<Group> fused = new ArrayList<>(first);
                fused.set(axis, fuse(parts, axis));
                fusions.add(fused);
            }
        }
        return fusions;
    }

    private static boolean agreeBeside(List<List<Group>> parts, int axis) {
        List<Group> first = parts.getFirst();
        for (List<Group> part : parts) {
            if (part.size() != first.size()) {
                return false;
            }
            for (int other = 0; other < first.size(); other++) {
                if (other != axis && part.get(other).size() != first.get(other).size()) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Equal parts may also be stacked along an axis of their own.
    private static Group fuse(List<List<Group>> parts, int axis) {
        Group first = parts.getFirst().get(axis);
        if (parts.stream().allMatch(part -> part.get(axis).equals(first))) {
            List<Long> axes = new ArrayList<>(first.axes());
            axes.addFirst((long) parts.size());
            return new Group(axes);
        }
        return new Group(
                List.of(parts.stream().mapToLong(part -> part.get(axis).size()).reduce(0, Math::addExact)));
    }

    private static long elements(List<Group> groups) {
        return groups.stream().mapToLong(Group::size).reduce(1, Math::multiplyExact);
    }

    /// Whether the sizes cut the elements only where an axis ends, and do not lay a matrix out as one row.
    private static boolean divides(List<Long> sizes, List<Group> groups) {
        long matrixAxes = groups.stream().filter(group -> group.size() > 1).count();
        return sizes.size() >= Math.min(2, matrixAxes)
                && cuts(groups.stream().flatMap(group -> group.axes().stream()).toList())
                        .containsAll(cuts(sizes));
    }

    /// Elements before the end of each axis, from the outermost.
    private static Set<Long> cuts(List<Long> sizes) {
        Set<Long> cuts = new HashSet<>();
        long product = 1;
        for (long size : sizes) {
            product *= size;
            cuts.add(product);
        }
        return cuts;
    }

    /// `[a, d, k]` held as `[a, k, d]`: GGUF keeps the key half of a latent projection so.
    private static boolean perHeadTransposed(List<Group> groups, List<Long> found) {
        if (groups.size() != 2 || groups.getFirst().axes().size() != 2) {
            return false;
        }
        List<Long> outputs = groups.getFirst().axes();
        return found.equals(List.of(outputs.get(0), groups.get(1).size(), outputs.get(1)));
    }
}
