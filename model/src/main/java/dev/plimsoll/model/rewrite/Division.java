package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.DeviceGrid;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Place;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.ParameterPart.Slice;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Dimension.Fixed;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A device's share of each axis.
///
/// Heads, the feed-forward network's inner width and the vocabulary are divided among the tensor group; where there are
/// fewer key/value heads than devices, neighbours hold the same one. A value that has such an axis holds all tokens of
/// the device's part of the sequences; any other, the *stream*, holds the tensor rank's share of them where the
/// sequence is split, else all. Experts are divided among the expert group, and their inner width among the expert
/// tensor group; copies of tokens for experts belong to the stream.
final class Division {
    private final Parallelism parallelism;
    private final Place place;
    private final DeviceGrid.ExpertPlace expertPlace;

    Division(Parallelism parallelism, int rank) {
        DeviceGrid grid = new DeviceGrid(parallelism);
        this.parallelism = parallelism;
        this.place = grid.place(rank);
        this.expertPlace = grid.expertPlace(rank);
    }

    Parallelism parallelism() {
        return parallelism;
    }

    Place place() {
        return place;
    }

    int tensor() {
        return parallelism.tensor().degree();
    }

    int context() {
        return parallelism.context().degree();
    }

    boolean isSequenceSplit() {
        return tensor() > 1 && parallelism.tensor().sequence() == SequenceSplit.SPLIT;
    }

    boolean dividesExperts() {
        return parallelism.expert().degree() > 1 || parallelism.expert().tensorDegree() > 1;
    }

    /// Whether an axis is divided among the tensor group.
    boolean isDivided(Axis axis) {
        return tensor() > 1
                && (axis == Axis.QUERY_HEADS
                        || axis == Axis.KEY_VALUE_HEADS
                        || axis == Axis.FEED_FORWARD
                        || axis == Axis.VOCABULARY);
    }

    boolean isDivided(Shape shape) {
        return shape.dimensions().stream().anyMatch(dimension -> isDivided(dimension.axis()));
    }

    /// Whether each device of the tensor group has another part of a value.
    boolean isDivided(Value value) {
        return isDivided(value.shape()) && !value.shape().has(Axis.TOP_K);
    }

    /// Whether each device of the tensor group has another part of a value, or other tokens of it.
    boolean isPart(Value value) {
        return isDivided(value) || (isSequenceSplit() && value.shape().has(Axis.SEQUENCE));
    }

    /// A value as the device holds it.
    Value part(Value value) {
        return isDivided(value) ? dividedPart(value) : streamPart(value);
    }

    /// With all tokens of the device's part of the sequences.
    Value contextPart(Value value) {
        return with(value, value.name(), shape(value.shape(), context(), dimension -> dimension));
    }

    private Value dividedPart(Value value) {
        return with(value, value.name(), shape(value.shape(), context(), this::tensorPart));
    }

    private Value streamPart(Value value) {
        int parts = context() * (isSequenceSplit() ? tensor() : 1);
        return with(value, value.name(), shape(value.shape(), parts, dimension -> dimension));
    }

    static Value with(Value value, String name, Shape shape) {
        return new Value(name, shape, value.content());
    }

    private static Shape shape(Shape shape, int sequenceParts, Function<Fixed, Fixed> fixed) {
        List<Dimension> dimensions = new ArrayList<>();
        for (Dimension dimension : shape.dimensions()) {
            dimensions.add(
                    switch (dimension) {
                        case Fixed known -> fixed.apply(known);
                        case Dimension.Open(Axis axis, long parts) ->
                            axis == Axis.SEQUENCE ? new Dimension.Open(axis, parts * sequenceParts) : dimension;
                    });
        }
        return new Shape(dimensions);
    }

    private Fixed tensorPart(Fixed dimension) {
        return slice(dimension)
                .map(slice -> new Fixed(dimension.axis(), slice.size()))
                .orElse(dimension);
    }

    private Optional<Slice> slice(Fixed dimension) {
        return isDivided(dimension.axis()) ? Optional.of(share(dimension, tensor(), place.tensor())) : Optional.empty();
    }

    private Optional<Slice> expertSlice(Fixed dimension) {
        int experts = parallelism.expert().degree();
        int parts = parallelism.expert().tensorDegree();
        if (dimension.axis() == Axis.EXPERTS && experts > 1) {
            return Optional.of(share(dimension, experts, expertPlace.expert()));
        }
        return dimension.axis() == Axis.FEED_FORWARD && parts > 1
                ? Optional.of(share(dimension, parts, expertPlace.part()))
                : Optional.empty();
    }

    /// Equal shares; of fewer entries than devices, neighbours hold the same one.
    private static Slice share(Fixed dimension, int devices, int number) {
        if (dimension.axis() == Axis.KEY_VALUE_HEADS && dimension.size() < devices) {
            return new Slice(dimension.axis(), number / (devices / dimension.size()), 1);
        }
        long size = dimension.size() / devices;
        return new Slice(dimension.axis(), number * size, size);
    }

    /// What the device holds of a dense parameter.
    List<Slice> slices(Parameter parameter) {
        return slices(parameter, this::slice);
    }

    /// What the device holds of a parameter that each expert has.
    List<Slice> expertSlices(Parameter parameter) {
        return slices(parameter, this::expertSlice);
    }

    private static List<Slice> slices(Parameter parameter, Function<Fixed, Optional<Slice>> rule) {
        List<Slice> slices = new ArrayList<>();
        for (Dimension dimension : parameter.shape().dimensions()) {
            rule.apply((Fixed) dimension).ifPresent(slices::add);
        }
        return slices;
    }

    /// The parameter with only those entries.
    static Parameter cut(Parameter parameter, List<Slice> slices) {
        List<Shape> groups = new ArrayList<>();
        for (Shape group : parameter.groups()) {
            List<Dimension> dimensions = new ArrayList<>();
            for (Dimension dimension : group.dimensions()) {
                Fixed fixed = (Fixed) dimension;
                long size = slices.stream()
                        .filter(slice -> slice.axis() == fixed.axis())
                        .mapToLong(Slice::size)
                        .findFirst()
                        .orElse(fixed.size());
                dimensions.add(new Fixed(fixed.axis(), size));
            }
            groups.add(new Shape(dimensions));
        }
        return new Parameter(parameter.name(), groups, parameter.kind(), parameter.sharing(), parameter.names());
    }
}
