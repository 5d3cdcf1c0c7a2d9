package dev.plimsoll.formats.model;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.config.Quantization;
import dev.plimsoll.formats.reconcile.Reconciliation;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Provenance;
import java.util.List;
import java.util.Optional;

/// A model that was read.
///
/// @param name to be printed
/// @param source where the figures come from, one line
/// @param checkpoint the headers of its files, where there are files
/// @param reconciliation of description and checkpoint, where both are known and the tensors too
/// @param declaredType the data type that the config names
/// @param quantization what the config, or a file beside it, says
/// @param provenance of whatever follows from the description
/// @param notes in the order of reading
public record LoadedModel(
        String name,
        String source,
        Description description,
        Optional<Checkpoint> checkpoint,
        Optional<Reconciliation> reconciliation,
        Optional<DataType> declaredType,
        Optional<Quantization> quantization,
        Provenance provenance,
        List<Note> notes) {
    public LoadedModel {
        notes = List.copyOf(notes);
    }

    /// The description, where it is known.
    public Optional<Transformer> transformer() {
        return switch (description) {
            case Description.Known(Transformer transformer) -> Optional.of(transformer);
            case Description.Unknown _ -> Optional.empty();
        };
    }
}
