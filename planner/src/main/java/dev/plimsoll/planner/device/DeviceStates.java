package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.rewrite.Trainable;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a device holds of every parameter from one step to the next.
///
/// Each tensor of `E` elements is dealt out by itself: taken flat, `ceil(E / z)` elements to each of the `z` devices
/// that share it out, zeros at the end where they do not divide. Optimizer states, master weights and the gradients'
/// copy are dealt out at the first level of sharding, gradients at the second, weights at the third. Source: Rajbhandari
/// et al. 2020 (ZeRO), section 5.
///
/// @param tensors in the order of their first use
public record DeviceStates(List<Held> tensors, Precision precision, Optimizer optimizer) {
    /// Elements held of one tensor.
    ///
    /// @param elements of the device's part of the parameter
    /// @param weights held
    /// @param gradients held between micro-batches, none where it is not trained
    /// @param updated held for the update: each of master weights, gradients' copy and optimizer states
    public record Held(String tensor, long elements, long weights, long gradients, long updated) {}

    public DeviceStates {
        tensors = List.copyOf(tensors);
    }

    public static DeviceStates of(DeviceProgram program, Optimizer optimizer) {
        TrainingExecution execution = program.chunks().getFirst().program().execution();
        Sharding sharding = program.parallelism().data().sharding();
        List<Held> tensors = new ArrayList<>();
        for (ParameterPart part : program.parameters()) {
            long elements = part.part().elements();
            long share =
                    RingParts.padded(elements, SharingGroup.of(program, part).members());
            boolean trained = Trainable.is(part.whole(), execution.trained());
            long weights = sharding == Sharding.WEIGHTS ? share : elements;
            tensors.add(new Held(
                    part.tensor(),
                    elements,
                    weights,
                    trained ? gradients(sharding, elements, share) : 0,
                    trained ? updated(sharding, elements, share) : 0));
        }
        return new DeviceStates(tensors, execution.precision(), optimizer);
    }

    private static long gradients(Sharding sharding, long elements, long share) {
        return switch (sharding) {
            case NONE, OPTIMIZER -> elements;
            case GRADIENTS, WEIGHTS -> share;
        };
    }

    private static long updated(Sharding sharding, long elements, long share) {
        return switch (sharding) {
            case NONE -> elements;
            case OPTIMIZER, GRADIENTS, WEIGHTS -> share;
        };
    }

    /// Numbers of the model's parameters that the device has a part in, before they are dealt out.
    public long parameters() {
        return tensors.stream().mapToLong(Held::elements).sum();
    }

    public Bytes weights() {
        return sum(precision.weights(), tensors.stream().map(Held::weights).toList());
    }

    public Bytes gradients() {
        return sum(precision.gradients(), tensors.stream().map(Held::gradients).toList());
    }

    public Bytes gradientCopy() {
        return copy(precision.gradientCopy());
    }

    public Bytes masterWeights() {
        return copy(precision.masterWeights());
    }

    public Bytes optimizerStates() {
        return sum(
                        precision.optimizerStates(),
                        tensors.stream().map(Held::updated).toList())
                .times(optimizer.states());
    }

    public Bytes total() {
        return weights()
                .plus(gradients())
                .plus(gradientCopy())
                .plus(masterWeights())
                .plus(optimizerStates());
    }

    private Bytes copy(Optional<DataType> type) {
        return type.map(held -> sum(held, tensors.stream().map(Held::updated).toList()))
                .orElse(Bytes.ZERO);
    }

    private static Bytes sum(DataType type, List<Long> elements) {
        return elements.stream().map(type::bytes).reduce(Bytes.ZERO, Bytes::plus);
    }
}
