package dev.plimsoll.cli;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.model.Description;
import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.reconcile.Reconciliation;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.report.answer.FilesAnswer;
import dev.plimsoll.report.answer.Stored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// From what the files of a model hold to what is answered about them.
final class StoredFiles {
    private static final List<DataType> PLAIN_NUMBERS =
            List.of(DataType.F64, DataType.F32, DataType.F16, DataType.BF16);

    private StoredFiles() {}

    /// What the files hold; empty where there are none, or only their size is known.
    static Optional<Stored> of(LoadedModel model) {
        if (model.reconciliation().isPresent()) {
            return model.reconciliation().map(StoredFiles::reconciled);
        }
        return model.checkpoint().map(StoredFiles::alone);
    }

    /// The description, for a question that needs one.
    ///
    /// @throws InputException saying why there is none
    static Transformer requireKnown(LoadedModel model) {
        return switch (model.description()) {
            case Description.Known(Transformer transformer) -> transformer;
            case Description.Unknown(String reason) ->
                throw InputException.unsupported(
                        model.name() + ": the architecture is " + reason,
                        "Put the model's config.json beside the files, or ask plimsoll model for what they hold.");
        };
    }

    /// The answer about files whose architecture is not known.
    static FilesAnswer unknown(LoadedModel model, Optional<Stored> stored) {
        String reason = switch (model.description()) {
            case Description.Known known -> "";
            case Description.Unknown(String why) -> why;
        };
        Stored held = stored.orElseGet(() -> new Stored(0, Bytes.ZERO, List.of(), List.of(), List.of()));
        return new FilesAnswer(
                ModelOptions.subject(model),
                held,
                model.checkpoint().map(StoredFiles::plainElements).orElse(OptionalLong.empty()),
                reason);
    }

    private static Stored reconciled(Reconciliation found) {
        return new Stored(
                found.storedElements(),
                found.storedBytes(),
                found.forms().stream()
                        .map(form -> new Stored.Form(form.name(), form.parameters(), form.tensors(), form.bytes()))
                        .toList(),
                found.extras().stream()
                        .map(extra -> new Stored.Extra(
                                extra.kind().title(),
                                extra.pattern(),
                                extra.tensors(),
                                extra.elements(),
                                extra.bytes()))
                        .toList(),
                found.absentParts());
    }

    private static Stored alone(Checkpoint files) {
        Map<DataType, Stored.Form> forms = new LinkedHashMap<>();
        for (StoredTensor tensor : files.tensors()) {
            Stored.Form one = new Stored.Form(tensor.type().name(), tensor.elements(), 1, tensor.bytes());
            forms.merge(tensor.type(), one, StoredFiles::sum);
        }
        Bytes bytes = files.tensors().isEmpty() ? files.fileBytes() : files.tensorBytes();
        return new Stored(files.elements(), bytes, new ArrayList<>(forms.values()), List.of(), List.of());
    }

    private static Stored.Form sum(Stored.Form one, Stored.Form other) {
        return new Stored.Form(
                one.dataType(),
                Math.addExact(one.parameters(), other.parameters()),
                one.tensors() + other.tensors(),
                one.bytes().plus(other.bytes()));
    }

    /// The elements where every tensor holds plain numbers: a packed value is not a parameter.
    private static OptionalLong plainElements(Checkpoint files) {
        boolean plain = !files.tensors().isEmpty()
                && files.tensors().stream().allMatch(tensor -> PLAIN_NUMBERS.contains(tensor.type()));
        return plain ? OptionalLong.of(files.elements()) : OptionalLong.empty();
    }
}
