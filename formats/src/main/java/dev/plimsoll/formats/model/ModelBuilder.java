package dev.plimsoll.formats.model;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.config.DeclaredType;
import dev.plimsoll.formats.config.Quantization;
import dev.plimsoll.formats.config.QuantizationMethods;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.gguf.GgufConfig;
import dev.plimsoll.formats.gguf.GgufFile;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.reconcile.Reconciliation;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts together what a model's files say.
final class ModelBuilder {
    private static final int MOST_KEYS = 40;

    private final String name;
    private final String source;
    private final List<Note> notes = new ArrayList<>();
    private Optional<Config> config = Optional.empty();
    private Optional<Quantization> beside = Optional.empty();
    private Optional<Checkpoint> checkpoint = Optional.empty();
    private Optional<Catalogue.Entry> published = Optional.empty();
    private String whyUnknown = "not known: needs config.json";
    private boolean isConfigOfFile = true;

    ModelBuilder(String name, String source) {
        this.name = name;
        this.source = source;
    }

    ModelBuilder config(Config model) {
        config = Optional.of(model);
        return this;
    }

    ModelBuilder quantizationBeside(Config file) {
        beside = QuantizationMethods.ofBesideFile(file);
        return this;
    }

    ModelBuilder checkpoint(Checkpoint files) {
        checkpoint = Optional.of(files);
        files.notes().forEach(note -> notes.add(Note.always(note)));
        return this;
    }

    /// Takes the config that the metadata amount to, also where a config.json lies beside: the file describes what it
    /// holds, for example a text without its towers.
    ModelBuilder gguf(GgufFile file) {
        Optional<JsonObject> described = GgufConfig.of(file);
        if (described.isPresent()) {
            config = Optional.of(new Config(file.metadata().file(), described.get()));
            isConfigOfFile = false;
        } else {
            whyUnknown = "not known: " + GgufConfig.whyNone(file);
        }
        return this;
    }

    ModelBuilder published(Catalogue.Entry entry) {
        published = Optional.of(entry);
        return this;
    }

    ModelBuilder note(Note note) {
        notes.add(note);
        return this;
    }

    LoadedModel build() {
        Description description = describe();
        Optional<Quantization> quantization =
                config.flatMap(QuantizationMethods::of).or(() -> beside);
        quantization.ifPresent(said -> said.notes().forEach(note -> notes.add(Note.always(note))));
        Optional<DataType> declared = config.flatMap(DeclaredType::of);
        Optional<Reconciliation> reconciliation = switch (description) {
            case Description.Known(Transformer transformer) -> {
                compareWithPublished(transformer);
                noteUnread();
                yield reconcile(transformer);
            }
            case Description.Unknown _ -> Optional.empty();
        };
        return new LoadedModel(
                name, source, description, checkpoint, reconciliation, declared, quantization, provenance(), notes);
    }

    /// An unknown family is an error where nothing else is known, and a reason where there are tensors.
    private Description describe() {
        if (config.isEmpty()) {
            return new Description.Unknown(whyUnknown);
        }
        try {
            return new Description.Known(Families.describe(config.get()));
        } catch (InputException failure) {
            if (failure.kind() == FailureKind.UNSUPPORTED && checkpoint.isPresent()) {
                return new Description.Unknown("not known: " + failure.getMessage());
            }
            throw failure;
        }
    }

    private Optional<Reconciliation> reconcile(Transformer transformer) {
        Optional<Checkpoint> tensors =
                checkpoint.filter(files -> !files.tensors().isEmpty());
        if (tensors.isEmpty() || tensors.get().format() == CheckpointFormat.PYTORCH) {
            return Optional.empty();
        }
        List<String> unnamed = Reconciliation.unnamed(transformer, tensors.get());
        if (!unnamed.isEmpty()) {
            notes.add(Note.always("The tensors were not set beside the description: what "
                    + tensors.get().format().title() + " files call " + unnamed.getFirst() + " is not known."));
            return Optional.empty();
        }
        Reconciliation found = Reconciliation.of(transformer, tensors.get());
        noteAbsent(found, logical(transformer) - found.logicalParameters());
        compareWithClaim(tensors.get(), found);
        return Optional.of(found);
    }

    /// Parts beyond the logical count are missed by those only who ask for more.
    private void noteAbsent(Reconciliation found, long parameters) {
        if (found.absentParts().isEmpty()) {
            return;
        }
        String parts = "The files lack the optional " + String.join(", ", found.absentParts());
        notes.add(
                parameters == 0
                        ? Note.verbose(parts + ".")
                        : Note.always(parts + ": " + Numbers.grouped(parameters)
                                + " parameters fewer than the config describes."));
    }

    /// Some indexes count a tied head twice, or packed values as parameters.
    private void compareWithClaim(Checkpoint files, Reconciliation found) {
        Optional.ofNullable(files.metadata().get("total_parameters"))
                .filter(claim -> !claim.equals(Long.toString(found.logicalParameters())))
                .filter(claim -> !claim.equals(Long.toString(found.storedElements())))
                .ifPresent(claim -> notes.add(Note.always("The index claims " + Text.printable(claim)
                        + " parameters; the headers hold " + Numbers.grouped(found.logicalParameters()) + ".")));
    }

    private void compareWithPublished(Transformer transformer) {
        if (published.isEmpty()) {
            return;
        }
        long described = logical(transformer);
        long exact = published.get().parameters().orElse(described);
        if (exact != described) {
            notes.add(Note.always("Published as " + Numbers.grouped(exact) + " parameters; its config describes "
                    + Numbers.grouped(described) + "."));
        }
        published
                .get()
                .published()
                .ifPresent(figure -> notes.add(Note.always("Published as " + Text.printable(figure) + ".")));
    }

    private void noteUnread() {
        if (!isConfigOfFile || config.isEmpty()) {
            return;
        }
        List<String> unread =
                config.get().unread().stream().map(Text::printable).toList();
        if (!unread.isEmpty()) {
            String more = unread.size() > MOST_KEYS ? " and " + (unread.size() - MOST_KEYS) + " more" : "";
            notes.add(Note.verbose("Keys of the config that were not used: "
                    + String.join(", ", unread.subList(0, Math.min(unread.size(), MOST_KEYS))) + more + "."));
        }
    }

    /// A model of a paper rests on what its catalogue entry assumes.
    private Provenance provenance() {
        boolean exact = published.isEmpty() || published.get().parameters().isPresent();
        return exact ? Provenance.EXACT : Provenance.ASSUMED;
    }

    private static long logical(Transformer transformer) {
        return DistinctParameters.of(transformer.parts()).stream()
                .filter(occurrence -> occurrence.part().isLogical())
                .mapToLong(
                        occurrence -> Math.multiplyExact(occurrence.parameter().elements(), occurrence.copies()))
                .reduce(0, Math::addExact);
    }
}
