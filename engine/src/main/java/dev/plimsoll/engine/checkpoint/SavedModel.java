package dev.plimsoll.engine.checkpoint;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.HeldParameter;
import dev.plimsoll.engine.training.ParameterStore;
import dev.plimsoll.formats.safetensors.SafetensorsOutput;
import dev.plimsoll.formats.source.WholeFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A trained model as a folder: `config.json`, and `model.safetensors` with every weight in the type it is held in.
///
/// Master weights and the optimizer's states are not saved. Each file is replaced at once, the config first; a write
/// that fails leaves the file as it was.
public final class SavedModel {
    public static final String CONFIG = "config.json";
    public static final String WEIGHTS = "model.safetensors";

    private SavedModel() {}

    /// @param config the text that the model was described by
    /// @throws dev.plimsoll.model.failure.InputException where a family's files do not hold a tensor for each parameter,
    ///     before anything is written, or where the folder cannot be written
    public static void write(Path folder, String config, ParameterStore parameters) {
        Path weights = folder.resolve(WEIGHTS);
        List<SafetensorsOutput.Tensor> tensors = tensors(weights, parameters);
        WholeFile.write(folder.resolve(CONFIG), out -> out.write(config.getBytes(StandardCharsets.UTF_8)));
        SafetensorsOutput.write(weights, tensors);
    }

    /// The weights alone, for a model that no family describes.
    ///
    /// @throws dev.plimsoll.model.failure.InputException as [#write]
    public static void writeWeights(Path file, ParameterStore parameters) {
        SafetensorsOutput.write(file, tensors(file, parameters));
    }

    private static List<SafetensorsOutput.Tensor> tensors(Path file, ParameterStore parameters) {
        TensorPlan plan = new TensorPlan(
                file.toString(),
                parameters.all().stream().map(HeldParameter::place).toList(),
                tensor -> false);
        List<SafetensorsOutput.Tensor> tensors = new ArrayList<>();
        for (HeldParameter parameter : parameters.all()) {
            for (TensorPlan.Slice slice : plan.of(parameter.place())) {
                Tensor weight = parameter.weight();
                tensors.add(new SafetensorsOutput.Tensor(
                        slice.tensor(), weight.dataType(), slice.dimensions(), () -> elements(weight, slice)));
            }
        }
        return tensors;
    }

    private static float[] elements(Tensor weight, TensorPlan.Slice slice) {
        float[] elements = new float[slice.elements()];
        weight.load(slice.from(), elements, 0, elements.length, Work.ignored());
        return elements;
    }
}
