package dev.plimsoll.engine.training;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.rewrite.ParameterPart;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The whole model's weights and gradients, put together from what every device holds of them.
///
/// Where several devices hold the same elements they have the same bits; an element of which they have others is given
/// as infinity, which is near nothing.
final class WholeValues {
    private final Map<String, float[]> values = new LinkedHashMap<>();

    private WholeValues() {}

    static Map<String, float[]> weights(List<DeviceTrainer> devices) {
        WholeValues whole = new WholeValues();
        for (DeviceTrainer device : devices) {
            for (ParameterPart part : device.program().parameters()) {
                HeldParameter held = device.parameters().get(part.tensor());
                Shard shard = held.shard();
                if (shard.ofWeights()) {
                    whole.put(part, held.weight(), 0, shard.from(), shard.count());
                } else {
                    whole.put(part, held.weight(), 0, 0, held.weight().elements());
                }
            }
        }
        return whole.values;
    }

    static Map<String, float[]> gradients(List<DeviceTrainer> devices) {
        WholeValues whole = new WholeValues();
        for (DeviceTrainer device : devices) {
            for (ParameterPart part : device.program().parameters()) {
                HeldParameter held = device.parameters().get(part.tensor());
                held.trained().ifPresent(trained -> {
                    Shard shard = held.shard();
                    int first = trained.gradientCopy().isPresent() ? 0 : shard.inGradient();
                    whole.put(part, trained.wholeGradient(), first, shard.from(), shard.count());
                });
            }
        }
        return whole.values;
    }

    /// @param first of the elements in the tensor
    /// @param from of the same elements in the device's part of the parameter
    private void put(ParameterPart part, Tensor tensor, int first, int from, int count) {
        float[] whole = values.computeIfAbsent(part.tensor(), name -> {
            float[] unknown = new float[Math.toIntExact(part.whole().elements())];
            Arrays.fill(unknown, Float.NaN);
            return unknown;
        });
        SlicedParameters.Window window = SlicedParameters.Window.of(part);
        float[] known = new float[Math.toIntExact(part.part().elements())];
        window.cut(whole, known);
        float[] own = new float[count];
        tensor.load(first, own, 0, count, Work.ignored());
        for (int i = 0; i < count; i++) {
            float before = known[from + i];
            known[from + i] = Float.isNaN(before) || before == own[i] ? own[i] : Float.POSITIVE_INFINITY;
        }
        window.paste(known, whole);
    }
}
