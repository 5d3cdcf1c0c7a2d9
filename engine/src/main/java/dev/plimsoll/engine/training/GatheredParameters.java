package dev.plimsoll.engine.training;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Parameters of which a device holds a shard of the gradients, or of the weights too.
///
/// Before a block's part of a pass each of its sharded weights is gathered, then each sharded gradient that the part
/// adds to gets a whole tensor of zeros; behind the part these are summed over the devices, each adds its shard to what
/// it holds, and all of it is released. Source: Rajbhandari et al. 2020 (ZeRO), sections 5.2 and 5.3; Zhao et al. 2023
/// (FSDP), section 3.2.
final class GatheredParameters implements BlockParameters {
    private final ParameterStore store;
    private final Recorder recorder;
    private final Precision precision;
    private final Function<HeldParameter, Ring> sharers;
    private final Map<String, Tensor> weights = new HashMap<>();
    private final Map<String, Tensor> gradients = new HashMap<>();

    /// @param sharers the devices that share out a parameter
    GatheredParameters(
            ParameterStore store, Recorder recorder, Precision precision, Function<HeldParameter, Ring> sharers) {
        this.store = store;
        this.recorder = recorder;
        this.precision = precision;
        this.sharers = sharers;
    }

    @Override
    public void enter(TrainingProgram.Step block, List<BackwardStep> steps) {
        List<HeldParameter> parameters = held(block);
        for (HeldParameter parameter : parameters) {
            if (parameter.shard().ofWeights()) {
                gather(parameter);
            }
        }
        Set<String> touched = new HashSet<>();
        for (BackwardStep step : steps) {
            if (step instanceof BackwardStep.Gradient gradient) {
                gradient.parameters()
                        .forEach(parameter ->
                                touched.add(store.get(block, parameter).place().name()));
            }
        }
        for (HeldParameter parameter : parameters) {
            String name = parameter.place().name();
            if (parameter.shard().ofGradients() && touched.contains(name)) {
                gradients.put(
                        name,
                        recorder.allocate(
                                name + ".gradient",
                                parameter.place().sizes(),
                                precision.gradients(),
                                Category.TEMPORARY));
            }
        }
    }

    @Override
    public void leave(TrainingProgram.Step block) {
        List<HeldParameter> parameters = held(block);
        for (HeldParameter parameter : parameters) {
            Optional.ofNullable(gradients.remove(parameter.place().name()))
                    .ifPresent(whole -> scatter(parameter, whole));
        }
        for (HeldParameter parameter : parameters) {
            Optional.ofNullable(weights.remove(parameter.place().name())).ifPresent(recorder::release);
        }
    }

    @Override
    public Tensor weight(TrainingProgram.Step block, Parameter parameter) {
        HeldParameter held = store.get(block, parameter);
        return weights.getOrDefault(held.place().name(), held.weight());
    }

    @Override
    public Optional<Tensor> gradient(TrainingProgram.Step block, Parameter parameter) {
        HeldParameter held = store.get(block, parameter);
        return held.trained().map(trained -> gradients.getOrDefault(held.place().name(), trained.gradient()));
    }

    private List<HeldParameter> held(TrainingProgram.Step block) {
        List<HeldParameter> held = new ArrayList<>();
        block.block().parameters().forEach(parameter -> held.add(store.get(block, parameter)));
        return held;
    }

    private void gather(HeldParameter parameter) {
        Tensor whole = recorder.allocate(
                parameter.place().name(), parameter.place().sizes(), precision.weights(), Category.TEMPORARY);
        weights.put(parameter.place().name(), whole);
        float[] own = new float[parameter.shard().count()];
        parameter.weight().load(0, own, 0, own.length, Work.ignored());
        int at = 0;
        for (Payload part : sharers.apply(parameter).allGather(new Payload.Floats(own), precision.weights())) {
            float[] values = ((Payload.Floats) part).values();
            whole.store(at, values, 0, values.length, Work.ignored());
            at += values.length;
        }
    }

    private void scatter(HeldParameter parameter, Tensor whole) {
        float[] values = new float[whole.elements()];
        whole.load(0, values, 0, values.length, Work.ignored());
        Ring ring = sharers.apply(parameter);
        float[] own = ring.reduceScatter(values, ring.bounds(values.length), precision.gradients());
        Tensor shard = parameter.trained().orElseThrow().gradient();
        float[] sum = new float[own.length];
        shard.load(0, sum, 0, sum.length, Work.ignored());
        for (int i = 0; i < own.length; i++) {
            own[i] += sum[i];
        }
        shard.store(0, own, 0, own.length, Work.ignored());
        recorder.release(whole);
    }
}
