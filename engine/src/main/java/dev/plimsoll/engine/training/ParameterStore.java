package dev.plimsoll.engine.training;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.HeldParameter.TrainedParameter;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.Trainable;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Every parameter of a program once, and what training holds beside it: step 1 of the memory rules.
///
/// Weights in the precision's type for them; of those that are trained also master weights, gradients, a copy of the
/// gradients and the optimizer's states, each where the precision and the optimizer have them. All of it is held from
/// before the first step on.
public final class ParameterStore {
    private final Recorder recorder;
    private final Map<String, HeldParameter> held = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();

    private ParameterStore(Recorder recorder) {
        this.recorder = recorder;
    }

    /// Allocates and fills all; releases all when it fails.
    ///
    /// @throws InputException where the source lacks a parameter, has it in other dimensions, or where it is no number
    static ParameterStore of(TrainingProgram program, Optimizer optimizer, ParameterSource source, Recorder recorder) {
        return of(
                List.of(program),
                optimizer,
                source,
                recorder,
                place -> Shard.whole(Math.toIntExact(place.parameter().elements())));
    }

    /// @param programs the pieces of a model that a device has
    /// @param shards which elements of each parameter it changes
    static ParameterStore of(
            List<TrainingProgram> programs,
            Optimizer optimizer,
            ParameterSource source,
            Recorder recorder,
            Function<ParameterPlace, Shard> shards) {
        ParameterStore store = new ParameterStore(recorder);
        try {
            for (TrainingProgram program : programs) {
                for (TrainingProgram.Step step : program.blocks()) {
                    for (Parameter parameter : step.block().parameters()) {
                        ParameterPlace place = new ParameterPlace(step.label(), step.layer(), parameter);
                        if (!store.held.containsKey(place.name())) {
                            store.add(place, program.execution(), optimizer, source, shards.apply(place));
                        }
                    }
                }
            }
        } catch (InputException refusal) {
            store.release();
            throw refusal;
        }
        return store;
    }

    private void add(
            ParameterPlace place,
            TrainingExecution execution,
            Optimizer optimizer,
            ParameterSource source,
            Shard shard) {
        Precision precision = execution.precision();
        float[] elements = source.read(place).checked(place);
        Tensor weight = allocate(
                place,
                "",
                precision.weights(),
                Category.PARAMETER,
                shard.ofWeights() ? List.of(shard.room()) : place.sizes());
        fill(weight, elements, shard);
        boolean trained = Trainable.is(place.parameter(), execution.trained());
        held.put(
                place.name(),
                new HeldParameter(
                        place,
                        weight,
                        trained ? Optional.of(train(place, elements, precision, optimizer, shard)) : Optional.empty(),
                        shard));
    }

    private TrainedParameter train(
            ParameterPlace place, float[] elements, Precision precision, Optimizer optimizer, Shard shard) {
        List<Integer> stateSizes = shard.ofStates() ? List.of(shard.room()) : place.sizes();
        Optional<Tensor> master = precision
                .masterWeights()
                .map(type -> allocate(place, ".master", type, Category.OPTIMIZER_STATE, stateSizes));
        master.ifPresent(tensor -> fill(tensor, elements, shard));
        List<Integer> gradientSizes = shard.ofGradients() ? List.of(shard.room()) : place.sizes();
        Tensor gradient = allocate(place, ".gradient", precision.gradients(), Category.GRADIENT, gradientSizes);
        Optional<Tensor> copy = precision
                .gradientCopy()
                .map(type -> allocate(place, ".gradient_copy", type, Category.GRADIENT, stateSizes));
        List<Tensor> states = new ArrayList<>();
        for (int state = 1; state <= optimizer.states(); state++) {
            states.add(allocate(
                    place, ".state_" + state, precision.optimizerStates(), Category.OPTIMIZER_STATE, stateSizes));
        }
        return new TrainedParameter(master, gradient, copy, states);
    }

    /// All elements, or those of the shard where there is room for those only.
    private static void fill(Tensor tensor, float[] elements, Shard shard) {
        if (tensor.elements() == elements.length) {
            tensor.store(0, elements, 0, elements.length, Work.ignored());
        } else {
            tensor.store(0, elements, shard.from(), shard.count(), Work.ignored());
        }
    }

    private Tensor allocate(
            ParameterPlace place, String suffix, DataType dataType, Category category, List<Integer> sizes) {
        Tensor tensor = recorder.allocate(place.name() + suffix, sizes, dataType, category);
        tensors.add(tensor);
        return tensor;
    }

    /// In the order of their first use.
    public Collection<HeldParameter> all() {
        return held.values();
    }

    /// By [ParameterPlace#name()].
    ///
    /// @throws IllegalArgumentException where there is none
    public HeldParameter get(String name) {
        HeldParameter found = held.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no parameter is called " + name);
        }
        return found;
    }

    HeldParameter get(TrainingProgram.Step step, Parameter parameter) {
        String name = new ParameterPlace(step.label(), step.layer(), parameter).name();
        return Objects.requireNonNull(held.get(name), name);
    }

    void release() {
        tensors.forEach(recorder::release);
        tensors.clear();
        held.clear();
    }
}
