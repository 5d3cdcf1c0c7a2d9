package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.reconcile.PartMatcher.Match;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.DistinctParameters.Occurrence;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Walks a description and a checkpoint side by side.
final class Reconciler {
    private final Transformer transformer;
    private final Checkpoint checkpoint;
    private final TensorIndex index;
    private final Disagreements disagreements;
    private final WeightForms forms = new WeightForms();
    private final Extras extras = new Extras();
    private final List<String> absent = new ArrayList<>();

    Reconciler(Transformer transformer, Checkpoint checkpoint) {
        this.transformer = transformer;
        this.checkpoint = checkpoint;
        this.index = new TensorIndex(checkpoint);
        this.disagreements = new Disagreements(
                checkpoint.files().isEmpty()
                        ? "checkpoint"
                        : checkpoint.files().getFirst().name());
    }

    Reconciliation reconcile() {
        List<Occurrence> parameters = DistinctParameters.of(transformer.parts());
        switch (checkpoint.format()) {
            case SAFETENSORS -> match(parameters, TensorNames::huggingFace);
            case GGUF -> match(parameters, TensorNames::gguf);
            case ONNX ->
                new OnnxMatcher(index, disagreements, forms).match(parameters).forEach(absent::add);
            case PYTORCH -> throw new IllegalArgumentException("the tensors of a pickle are not known");
        }
        disagreements.refuse();
        ExtraKinds kinds = new ExtraKinds(index, tables(parameters), layers());
        Bytes beside = Bytes.ZERO;
        for (StoredTensor tensor : index.left().toList()) {
            extras.add(kinds.of(tensor), tensor);
            if (kinds.isBesideLogical(tensor)) {
                beside = beside.plus(tensor.bytes());
            }
        }
        return new Reconciliation(
                forms.parameters(),
                checkpoint.elements(),
                checkpoint.tensorBytes(),
                forms.all(),
                beside,
                extras.all(),
                absent);
    }

    private void match(List<Occurrence> parameters, Function<TensorNames, List<TensorName>> vocabulary) {
        Map<Part, List<Occurrence>> byPart = parameters.stream()
                .collect(Collectors.groupingBy(Occurrence::part, LinkedHashMap::new, Collectors.toList()));
        byPart.forEach((part, occurrences) -> {
            if (part.isLogical()) {
                matchLogical(part, occurrences, vocabulary);
            }
        });
        byPart.forEach((part, occurrences) -> {
            if (!part.isLogical()) {
                matchFurther(part, occurrences, vocabulary);
            }
        });
    }

    private void matchLogical(
            Part part, List<Occurrence> occurrences, Function<TensorNames, List<TensorName>> vocabulary) {
        PartMatcher matcher = new PartMatcher(occurrences, vocabulary, index, disagreements);
        if (part.isOptional() && !(isNamed(occurrences, vocabulary) && matcher.findsAny())) {
            absent.add(part.name());
            return;
        }
        matcher.match().forEach(forms::add);
    }

    /// Layers that predict further tokens: files hold them whole, in part or not, and the count goes without them.
    private void matchFurther(
            Part part, List<Occurrence> occurrences, Function<TensorNames, List<TensorName>> vocabulary) {
        PartMatcher matcher = new PartMatcher(occurrences, vocabulary, index, new Disagreements(part.name()));
        List<Match> matches = isNamed(occurrences, vocabulary) ? matcher.match() : List.of();
        if (matches.isEmpty()) {
            absent.add(part.name());
        }
        matches.forEach(match -> extras.add(Extra.Kind.NEXT_TOKENS_PREDICTION, match.tensor()));
    }

    private static boolean isNamed(List<Occurrence> occurrences, Function<TensorNames, List<TensorName>> vocabulary) {
        return occurrences.stream()
                .noneMatch(occurrence ->
                        vocabulary.apply(occurrence.parameter().names()).isEmpty());
    }

    /// Shapes of the token table and of a head.
    private static Set<Dimensions> tables(List<Occurrence> parameters) {
        return parameters.stream()
                .map(Occurrence::parameter)
                .filter(parameter -> parameter.shape().has(Axis.VOCABULARY)
                        && parameter.groups().size() == 2)
                .map(parameter -> new Dimensions(parameter.fileDimensions()))
                .collect(Collectors.toSet());
    }

    private long layers() {
        return transformer.parts().stream()
                .filter(part -> part.isLogical() && isText(part))
                .flatMap(part -> part.runs().stream())
                .mapToLong(run -> run.first() + run.count())
                .max()
                .orElse(0);
    }

    private static boolean isText(Part part) {
        return switch (part.kind()) {
            case TEXT_DECODER, TEXT_ENCODER -> true;
            case VISION_ENCODER, AUDIO_ENCODER, PROJECTOR, POOLER, NEXT_TOKENS_PREDICTION -> false;
        };
    }
}
