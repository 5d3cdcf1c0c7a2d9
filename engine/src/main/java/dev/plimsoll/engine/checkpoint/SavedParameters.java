package dev.plimsoll.engine.checkpoint;

import dev.plimsoll.engine.checkpoint.TensorPlan.Slice;
import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.safetensors.SafetensorsValues;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model's parameters in a safetensors file.
public final class SavedParameters implements ParameterSource {
    private final String file;
    private final SafetensorsValues values;
    private final TensorPlan plan;

    private SavedParameters(String file, SafetensorsValues values, TensorPlan plan) {
        this.file = file;
        this.values = values;
        this.plan = plan;
    }

    /// Compares the file's header with the parameters; the values are read when they are asked for.
    ///
    /// @param source open until then
    /// @param places all parameters of the model
    /// @throws InputException where the file has not exactly the model's tensors in their dimensions, has them in a way
    ///     that is not read, or is damaged
    public static SavedParameters open(ByteSource source, List<ParameterPlace> places) {
        SafetensorsValues values = SafetensorsValues.of(source, source.name());
        Map<String, StoredTensor> left = new LinkedHashMap<>();
        values.checkpoint().tensors().forEach(tensor -> left.put(tensor.name(), tensor));
        TensorPlan plan = new TensorPlan(source.name(), places, left::containsKey);
        compare(source.name(), plan.all(), left);
        return new SavedParameters(source.name(), values, plan);
    }

    private static void compare(String file, List<Slice> expected, Map<String, StoredTensor> left) {
        List<String> wrong = new ArrayList<>();
        for (Slice slice : expected) {
            StoredTensor found = left.remove(slice.tensor());
            if (found == null) {
                wrong.add("tensor %s: found none, expected one of %s"
                        .formatted(Text.printable(slice.tensor()), slice.dimensions()));
            } else if (!found.dimensions().equals(slice.dimensions())) {
                wrong.add("tensor %s: found the dimensions %s, expected %s"
                        .formatted(Text.printable(slice.tensor()), found.dimensions(), slice.dimensions()));
            }
        }
        for (StoredTensor extra : left.values()) {
            wrong.add("tensor %s: found %s, expected no tensor of that name"
                    .formatted(Text.printable(extra.name()), extra.dimensions()));
        }
        if (!wrong.isEmpty()) {
            String others = wrong.size() == 1 ? "" : " (and %d more tensors disagree)".formatted(wrong.size() - 1);
            throw InputException.unreadable(
                    Text.printable(file) + ": " + wrong.getFirst() + others,
                    "Give the file that belongs to this model's config.json.");
        }
    }

    /// @throws InputException where a value is not finite, or cannot be read
    @Override
    public Given read(ParameterPlace place) {
        float[] elements = new float[Math.toIntExact(place.parameter().elements())];
        for (Slice slice : plan.of(place)) {
            float[] part = values.read(slice.tensor());
            requireFinite(slice.tensor(), part);
            System.arraycopy(part, 0, elements, slice.from(), part.length);
        }
        return new Given(place.parameter().fileDimensions(), elements);
    }

    private void requireFinite(String tensor, float[] elements) {
        for (int i = 0; i < elements.length; i++) {
            if (!Float.isFinite(elements[i])) {
                throw InputException.unreadable(
                        "%s: tensor %s: found %s as element %d, expected finite numbers"
                                .formatted(Text.printable(file), Text.printable(tensor), elements[i], i),
                        "Give a file that was saved from a healthy training.");
            }
        }
    }
}
