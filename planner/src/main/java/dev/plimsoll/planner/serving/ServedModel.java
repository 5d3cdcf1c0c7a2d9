package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.WeightFormat;
import java.util.Optional;

/// A model as it is loaded.
///
/// @param format of its weights, by tensor
/// @param held the bytes its files hold, where they say more exactly than the format; shared out as the format's are
/// @param activations what is not quantised is computed and cached in
public record ServedModel(
        String name,
        Transformer transformer,
        WeightFormat format,
        Optional<Bytes> held,
        DataType activations,
        Provenance provenance) {
    public ServedModel withFormat(WeightFormat other) {
        return new ServedModel(name, transformer, other, Optional.empty(), activations, provenance);
    }
}
