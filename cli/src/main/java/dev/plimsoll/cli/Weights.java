package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.reconcile.Reconciliation;
import dev.plimsoll.formats.reconcile.WeightForm;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.WeightBytes;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.serving.ServedModel;
import dev.plimsoll.report.answer.ModelAnswer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// In which form the weights are taken: as asked for, else as the files hold them, else as the config says, else bf16.
final class Weights {
    /// What frameworks write for types that have a shorter name.
    private static final Map<String, String> ALIASES = Map.of(
            "bfloat16", "bf16", "float16", "f16", "half", "f16", "float32", "f32", "float", "f32", "float64", "f64");

    private Weights() {}

    /// @param asked a format's name, or empty
    static ModelAnswer.Weights of(LoadedModel model, Transformer transformer, String asked) {
        if (!asked.isEmpty()) {
            String lower = asked.toLowerCase(Locale.ROOT);
            WeightFormat format = WeightFormat.named(ALIASES.getOrDefault(lower, lower));
            WeightBytes weights = WeightBytes.of(transformer, format);
            refuseWithoutEffect(model, format, weights);
            return ModelAnswer.Weights.of(weights, format.name(), Provenance.EXACT.and(model.provenance()));
        }
        Optional<ModelAnswer.Weights> held = model.reconciliation().map(found -> asHeld(model, found));
        return held.orElseGet(() -> declared(model, transformer));
    }

    /// The same as an engine loads them, by tensor.
    ///
    /// @param asked a format's name, or empty
    /// @param activations what is not quantised is computed in
    static ServedModel served(LoadedModel model, Transformer transformer, String asked, DataType activations) {
        if (!asked.isEmpty()) {
            String lower = asked.toLowerCase(Locale.ROOT);
            WeightFormat format = WeightFormat.named(ALIASES.getOrDefault(lower, lower));
            refuseWithoutEffect(model, format, WeightBytes.of(transformer, format));
            return new ServedModel(
                    model.name(), transformer, format, Optional.empty(), activations, model.provenance());
        }
        Optional<Bytes> held = model.reconciliation()
                .map(found -> new Bytes(asHeld(model, found).bytes()));
        Optional<WeightFormat> quantised =
                model.quantization().flatMap(quantization -> Quantizations.format(quantization, activations));
        WeightFormat format = quantised.orElseGet(
                () -> WeightFormat.plain(model.declaredType().orElse(DataType.BF16)));
        Provenance type = quantised.isPresent() || model.declaredType().isPresent() || held.isPresent()
                ? model.provenance()
                : Provenance.ASSUMED;
        return new ServedModel(model.name(), transformer, format, held, activations, type);
    }

    /// A format that converts nothing of this model would print the bytes of another one under its name.
    private static void refuseWithoutEffect(LoadedModel model, WeightFormat format, WeightBytes weights) {
        boolean isPlain = switch (format.rule()) {
            case WeightFormat.Rule.Plain _ -> true;
            case WeightFormat.Rule.Converted _, WeightFormat.Rule.Gguf _ -> false;
        };
        if (!isPlain && weights.convertedParameters() == 0) {
            throw InputException.usage(
                    model.name() + ": --dtype is " + format.name()
                            + ", which converts matrices of a text's layers, and this model has none",
                    "Use f32, f16 or bf16: encoders of images and sound stay in these.");
        }
    }

    private static ModelAnswer.Weights asHeld(LoadedModel model, Reconciliation found) {
        Bytes bytes = found.forms().stream()
                .map(WeightForm::bytes)
                .reduce(Bytes.ZERO, Bytes::plus)
                .plus(found.besideBytes());
        String form = found.forms().size() == 1
                ? found.forms().getFirst().name()
                : found.forms().getFirst().name() + " and others, as stored";
        Optional<String> convention = found.besideBytes().equals(Bytes.ZERO)
                ? Optional.empty()
                : Optional.of("as the files hold them, "
                        + Numbers.grouped(found.besideBytes().count())
                        + " bytes of scales and packing details included");
        return new ModelAnswer.Weights(bytes.count(), form, convention, model.provenance());
    }

    private static ModelAnswer.Weights declared(LoadedModel model, Transformer transformer) {
        Optional<WeightFormat> quantised = model.quantization()
                .flatMap(quantization -> Quantizations.format(quantization, DataTypes.activationType(model)));
        WeightFormat format = quantised.orElseGet(
                () -> WeightFormat.plain(model.declaredType().orElse(DataType.BF16)));
        Provenance type =
                quantised.isPresent() || model.declaredType().isPresent() ? model.provenance() : Provenance.ASSUMED;
        return ModelAnswer.Weights.of(WeightBytes.of(transformer, format), format.name(), type);
    }
}
